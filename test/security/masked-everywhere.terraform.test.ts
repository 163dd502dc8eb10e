import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, groundplan } from "../cli/groundplan";
import { temporaryFolder } from "../temporary-folder";

// Real Terraform, which prints the secrets: a provisioner and a precondition repeat them, and nobody marked some.

let folder: string;
beforeAll(() => build());
beforeEach(() => {
  folder = temporaryFolder("masked");
});

const SECRETS = ["Quiet Otter!42", "Loud-Heron-77", "Swift Swan Nine"];

/** An app whose stack repeats its secrets. @param fails - whether a precondition fails, and repeats one too. */
function writeApp(settings: object, fails: boolean): void {
  const stack = {
    terraform: { backend: { local: { path: join(folder, "terraform.tfstate") } } },
    variable: {
      login: { type: "object({user=string,password=string})", sensitive: true },
      size: { type: "number", default: fails ? 12 : 7 },
    },
    resource: {
      terraform_data: {
        job: {
          input: { url: "pg://Loud-Heron-77@db", admin_password: "Loud-Heron-77", size: "${var.size}" },
          provisioner: [
            {
              "local-exec": {
                command: "echo ${nonsensitive(var.login.password)} $EXTRA",
                environment: { EXTRA: "Loud-Heron-77" },
              },
            },
          ],
          lifecycle: {
            precondition: [
              {
                condition: "${var.size < 10}",
                error_message:
                  "For ${nonsensitive(var.login.password)}: ask the platform team before you go above 9 nodes.",
              },
            ],
          },
        },
      },
    },
    output: { api_token: { value: "Swift Swan Nine" } },
  };
  const manifest = {
    version: "0.21.0",
    stacks: {
      shop: {
        name: "dev-shop",
        constructPath: "shop",
        workingDirectory: "stacks/dev-shop",
        synthesizedStackPath: "stacks/dev-shop/cdk.tf.json",
        annotations: [],
        dependencies: [],
      },
    },
  };
  writeFileSync(
    join(folder, "main.js"),
    `const { mkdirSync, writeFileSync } = require("node:fs");
const out = process.env.CDKTF_OUTDIR;
mkdirSync(out + "/stacks/dev-shop", { recursive: true });
writeFileSync(out + "/stacks/dev-shop/cdk.tf.json", ${JSON.stringify(JSON.stringify(stack))});
writeFileSync(out + "/manifest.json", ${JSON.stringify(JSON.stringify(manifest))});
`,
  );
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ app: "node main.js", groundplan: settings }));
}

const env = { TF_VAR_login: '{"user":"app","password":"Quiet Otter!42"}' };
const run = (...args: readonly string[]) => groundplan(args, { cwd: folder, env });

/** Everything that some runs printed, and that stands in their folders. */
function allOf(outputs: readonly { stdout: string; stderr: string }[]): string {
  const files = readdirSync(join(folder, ".groundplan"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  return [...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...files].join("\n");
}

const FORMATS = ["terminal", "markdown", "json", "sarif"];

test("plan, report, apply and drift: no secret is in any output or file, marked or named", async () => {
  writeApp({ mask: ["*_password", "*_token"] }, false);
  const plan = await run("plan");
  const reports = await Promise.all(FORMATS.map((format) => run("report", "--format", format)));
  const apply = await run("apply", "--auto-approve");
  const drift = await run("drift");

  expect([plan, ...reports, apply, drift].map(({ code }) => code)).toEqual(Array(7).fill(0));
  const all = allOf([plan, ...reports, apply, drift]);
  for (const secret of SECRETS) expect(all).not.toContain(secret);
  // What the provisioner printed is kept, without them.
  const log = readFileSync(join(folder, ".groundplan/apply/stacks/dev-shop/apply.log"), "utf8");
  expect(log).toMatch(/\(local-exec\): \(sensitive value\) \(sensitive value\)/);
  expect(log).toContain("terraform_data.job: Creating...");
});

test("planted fault: without the setting, what nobody marked is shown", async () => {
  writeApp({}, false);
  const plan = await run("plan");

  const all = allOf([plan]);
  expect(all).toContain("Loud-Heron-77");
  expect(all).not.toContain("Quiet Otter!42");
});

test("a failure: Terraform's whole explanation is shown, without the secret, and its file is named", async () => {
  writeApp({ mask: ["*_password", "*_token"] }, true);
  const plan = await run("plan");
  const reports = await Promise.all(FORMATS.map((format) => run("report", "--format", format)));

  expect(plan.code).toBe(1);
  const all = allOf([plan, ...reports]);
  for (const secret of SECRETS) expect(all).not.toContain(secret);
  const words = "(sensitive value): ask the platform team before you go above 9 nodes.";
  const unwrapped = (text: string) => text.replaceAll(/\s+/g, " ");
  for (const { stdout } of [plan, ...reports]) expect(unwrapped(stdout)).toContain(words);
  expect(plan.stdout).toContain("var.size is 12");
  expect(plan.stdout).toContain("whole output: .groundplan/plan/stacks/dev-shop/error.txt");
});

test("an unknown setting ends the command before it plans", async () => {
  writeApp({ masks: ["password"] }, false);
  const plan = await run("plan");

  expect(plan.code).toBe(2);
  expect(plan.stderr).toContain('"groundplan" has no setting "masks"');
});

test("plan --var-file gives a secret that is masked, and refuses a file that is not there", async () => {
  writeApp({ mask: ["*_password", "*_token"] }, false);
  writeFileSync(
    join(folder, "of-dev.tfvars"),
    'login = { user = "app", password = "Busy Badger 3" }\nother = 1\n',
  );
  // Nothing else has a value for the variable.
  const bare = (...args: readonly string[]) => groundplan(args, { cwd: folder });
  const plan = await bare("plan", "--var-file", "of-dev.tfvars");
  const apply = await bare("apply", "--auto-approve", "--var-file", "of-dev.tfvars");
  const missing = await bare("plan", "--var-file", "of-prod.tfvars");

  expect([plan.code, apply.code, missing.code]).toEqual([0, 0, 2]);
  expect(missing.stderr).toContain("there is no file of-prod.tfvars");
  expect(allOf([plan, apply])).not.toContain("Busy Badger 3");
  const log = readFileSync(join(folder, ".groundplan/apply/stacks/dev-shop/apply.log"), "utf8");
  expect(log).toContain("(local-exec): (sensitive value) (sensitive value)");
});
