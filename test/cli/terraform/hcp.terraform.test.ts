import { hcpFailure } from "../../../cli/terraform/hcp";
import { build } from "../groundplan";
import { DATA, PlainApp } from "../plain-app";
import { type Execution, HcpTerraform } from "./hcp-server";

beforeAll(build);

let app: PlainApp;
let hcp: HcpTerraform | undefined;
beforeEach(() => {
  app = new PlainApp({ shop: { json: { terraform: { cloud: ORGANIZATION }, ...DATA } } });
});
afterEach(async () => {
  app.remove();
  await hcp?.stop();
  hcp = undefined;
});

const ORGANIZATION = { organization: "acme", workspaces: { name: "shop" } };

async function serve(execution: Execution): Promise<Readonly<Record<string, string>>> {
  hcp = await HcpTerraform.start(execution);
  return { TF_CLI_CONFIG_FILE: hcp.cliConfig("a-token") };
}

test("a stack of HCP Terraform that executes locally is planned, in its workspace and under its lock", async () => {
  const env = await serve("local");

  const planned = await app.groundplan(["plan", "--detailed-exitcode"], env);

  expect(planned.stdout).toContain("~ shop: 1 to create");
  expect(planned.code).toBe(2);
  expect(hcp?.asked).toEqual(
    expect.arrayContaining(["POST /workspaces/ws-1/actions/lock", "POST /workspaces/ws-1/actions/unlock"]),
  );
});

test("one that executes remotely is planned and applied there, by the plan that was reviewed", async () => {
  const env = await serve("remote");

  const planned = await app.groundplan(["plan", "--json"], env);

  expect(JSON.parse(planned.stdout)).toMatchObject({
    outcome: "complete",
    stacks: [{ name: "shop", status: "changed", counts: { create: 1 } }],
  });
  const applied = await app.groundplan(["apply", "--reviewed", ".groundplan/plan"], env);
  expect(applied.stdout).toContain("shop: applied: 1 to create");
  expect(hcp?.asked).toContain("POST /runs/run-1/actions/apply");
});

test("without a token, the command that gets one is named", async () => {
  hcp = await HcpTerraform.start("local");

  const { code, stdout } = await app.groundplan(["plan"], { TF_CLI_CONFIG_FILE: hcp.cliConfig() });

  expect(stdout).toMatch(
    /shop: init: there is no token of app\.terraform\.io\n.*\n +log in: terraform login app\.terraform\.io\n +in CI: set TF_TOKEN_app_terraform_io/,
  );
  expect(code).toBe(3);
});

test("the backend remote is refused where it executes remotely, with what to write instead, and planned elsewhere", async () => {
  // GIVEN a folder that was initialized for HCP Terraform before
  const env = await serve("local");
  expect(await app.groundplan(["plan"], env)).toMatchObject({ code: 0 });
  app.synthesizes({ shop: { json: { terraform: { backend: { remote: ORGANIZATION } }, ...DATA } } });
  // THEN
  expect((await app.groundplan(["plan"], env)).stdout).toContain("~ shop: 1 to create");
  await hcp?.stop();
  const remote = await app.groundplan(["plan"], await serve("remote"));
  expect(remote).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(/"remote" cannot save a plan .*\n.*\n +use the cloud block/),
  });
});

test.each([
  ["app.terraform.io", "TF_TOKEN_app_terraform_io"],
  ["tfe.my-company.com", "TF_TOKEN_tfe_my__company_com"],
])("the variable of the token for %s is Terraform's", (host, variable) => {
  const said = `│ Error: Required token could not be found\n│ \n│ Run the following command to generate a token for\n│ ${host}:\n│     terraform login`;
  expect(hcpFailure("init", said, "/here")?.message).toContain(variable);
});

test("a host that cannot be reached is named, and any other failure is not one of HCP Terraform", () => {
  const said = `Error: Failed to request discovery document: Get "https://tfe.example.com/.well-known/terraform.json": dial tcp: lookup tfe.example.com on 10.0.0.2:53: no such host\n\n  on cdk.tf.json line 8, in terraform.cloud:\n`;
  expect(hcpFailure("init", said, "/here")).toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(
      /^init: tfe\.example\.com cannot be reached: no such host\n.*\n.*hostname of the stack's backend/,
    ),
  });
  expect(hcpFailure("init", "Error: No valid credential sources found", "/here")).toBeUndefined();
});
