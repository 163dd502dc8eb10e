import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { documentOf } from "../cli/formats/held";
import { build } from "../cli/groundplan";
import { LentProvider } from "../lent-provider";
import { environments, platform } from "../platform";
import { CdktfProject, type Ended, succeeded } from "./cdktf-project";

/** Account of dev and of the artifacts, and of prod. */
const [FIRST, SECOND] = ["123456789012", "222222222222"] as const;

/**
 * The tests' own platform with prod in the account that PROD_ACCOUNT names. The rules of the state bucket's lifecycle are
 * left out: the AWS provider waits for them almost a minute.
 */
const MAIN = `const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const accounts = { dev: ${JSON.stringify(FIRST)}, prod: process.env.PROD_ACCOUNT };
require(${JSON.stringify(join(__dirname, "..", "..", "dist", "stacks"))}).synthesizePlatform(
  { ...${JSON.stringify({ ...platform, promotion: ["dev", "prod"] })}, accounts },
  ${JSON.stringify(environments.filter(({ name }) => name !== "staging"))}.map((environment) => (
    { ...environment, account: accounts[environment.name] })));
const stacks = join(process.env.CDKTF_OUTDIR, "stacks");
for (const name of readdirSync(stacks).filter((stack) => stack.startsWith("state"))) {
  const file = join(stacks, name, "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8"));
  delete stack.resource.aws_s3_bucket_lifecycle_configuration;
  writeFileSync(file, JSON.stringify(stack));
}
`;

let project: CdktfProject;
let endpoint: string;

/** A provider for each account: it keeps the credentials with which it was started. */
const providers = new Map<string, LentProvider>();

beforeAll(async () => {
  build();
  project = new CdktfProject();
  writeFileSync(join(project.path, "main.js"), MAIN);
  const started = succeeded(await project.groundplan("local", "up", "--port", "0", "--json"));
  endpoint = (JSON.parse(started.slice(started.indexOf("{"))) as { endpoint: string }).endpoint;
});

afterAll(async () => {
  for (const provider of providers.values()) await provider.stop();
  await project?.groundplan("local", "down");
  project?.remove();
});

/** Gives the project prod in an account, and its commands an AWS profile for each account, as `eval` does in a shell. */
async function placeProd(account: string): Promise<void> {
  const { variables } = project;
  variables.PROD_ACCOUNT = account;
  const { stdout } = await project.groundplan("local", "env", "--profiles", "--json");
  const local = documentOf<{ variables: Record<string, string | null> }>("local-env", stdout);
  for (const [name, value] of Object.entries(local.variables)) {
    if (value === null) delete variables[name];
    else variables[name] = value;
  }
}

/** Signs in to an account, whose provider serves all commands from then on. */
async function signIn(account: string): Promise<void> {
  const { variables } = project;
  variables.AWS_PROFILE = account;
  const own = Object.entries(variables).filter(([name]) => name.startsWith("AWS_"));
  const provider =
    providers.get(account) ?? new LentProvider(Object.fromEntries(own) as Record<string, string>);
  providers.set(account, provider);
  await project.useProvider(provider);
}

/** Runs a command of `groundplan`, or cdktf, as somebody does who has signed in to an account. */
async function as(account: string, ...args: readonly string[]): Promise<Ended> {
  project.variables.AWS_PROFILE = account;
  if (args.includes("--profile")) project.variables.TF_REATTACH_PROVIDERS = "";
  else await signIn(account);
  return args[0] === "cdktf" ? project.cdktf(...args.slice(1)) : project.groundplan(...args);
}

/** Calls an API without a signature, by the gateway as a proxy. */
function call(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port: new URL(endpoint).port, path: url }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () => resolve(JSON.parse(text)));
    });
    outgoing.once("error", reject).end();
  });
}

test("the account of the artifacts comes first, and says what comes before another one can be bootstrapped", async () => {
  // GIVEN a platform in one account
  await placeProd(FIRST);
  succeeded(await as(FIRST, "bootstrap"));
  // WHEN prod gets an account of its own
  await placeProd(SECOND);
  const early = await as(SECOND, "bootstrap");
  // THEN
  expect(early.output).toContain(`with credentials of account ${FIRST}: npx cdktf deploy state-${FIRST}`);
  expect(early.output).toContain(`npx groundplan bootstrap --stack state-${SECOND}`);
  expect(early.code).toBe(4);
  succeeded(await as(FIRST, "cdktf", "deploy", `state-${FIRST}`, "--auto-approve"));
  expect(succeeded(await as(SECOND, "bootstrap", "--stack", `state-${SECOND}`))).toContain("api in prod");
});

test("each stack is planned with the profile of its account; a stack of another is named once with what it needs", async () => {
  const both = await as(FIRST, "plan", "dev-api", "prod-api", "--profile", "{account}");
  expect(both.output).toMatch(/~ dev-api: \d+ to create[\s\S]*~ prod-api: \d+ to create/);
  expect(both.code).toBe(0);
  const one = await as(SECOND, "plan", "dev-api", "dev-network", "--no-synth");
  expect(one.output).toMatch(
    new RegExp(
      `! dev-(api|network), dev-(api|network): init: the credentials are of account ${SECOND}, .* ${FIRST}`,
    ),
  );
  expect(one.output.match(/AWS_PROFILE/g)).toHaveLength(1);
  expect(one.code).toBe(1);
});

test("prod's service is deployed in its account from the other's artifacts, and its API answers", async () => {
  await signIn(SECOND);
  succeeded(await project.terraform("prod-api", "init", "-input=false"));
  succeeded(await project.terraform("prod-api", "apply", "-input=false", "-auto-approve"));
  const url = succeeded(await project.terraform("prod-api", "output", "-raw", "invoke_url")).trim();
  expect(await call(`${url}/health`)).toEqual({ status: "ok" });
});

test("what another account owns is a warning of doctor's, and said once of all states", async () => {
  const doctor = await as(FIRST, "doctor");
  expect(doctor.output).toMatch(new RegExp(`warn +Backend .* is for account ${SECOND}`));
  expect(doctor.code).toBe(0);
  const locks = await as(FIRST, "state", "locks");
  expect(locks.output).toMatch(/No lock on any of \d+ states/);
  expect(locks.output.match(/Not checked/g)).toHaveLength(1);
});
