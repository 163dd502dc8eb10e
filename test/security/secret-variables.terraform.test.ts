import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { secretVariables } from "../../cli/plan/secret-variables";
import { Secrets } from "../../cli/plan/secrets";
import { providerEnvironment } from "../../cli/terraform/mirror";
import { build, groundplan } from "../cli/groundplan";
import { temporaryFolder } from "../temporary-folder";

// A variable that is `sensitive` is masked whatever its type, and wherever its value is from: also where Terraform or
// a provider repeats a part of it in an error.

const ROOT = join(__dirname, "..", "..");

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("secrets");
});

/** A text after the secrets of a stack with some variables are taken out of it. */
async function scrubbed(
  text: string,
  variable: unknown,
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const stack = join(folder, "stack");
  mkdirSync(stack, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(stack, name), content);
  const setting = {
    terraform: { command: "terraform", product: "Terraform", version: "1.11.0" } as const,
    env: () => ({}),
    mask: [],
  };
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const json = { variable } as never;
    const texts = await secretVariables(
      { name: "a", folder: stack, dependencies: [], json },
      { setting, folder },
    );
    expect(readdirSync(folder)).toEqual(["stack"]);
    return new Secrets().addTexts(texts).scrub(text);
  } finally {
    process.env = before;
  }
}

const M = "(sensitive value)";
const LOGIN = { type: "object({user=string,password=string,pin=optional(number)})", sensitive: true };

test.each<[string, string, string, unknown, Record<string, string>?, Record<string, string>?]>([
  [
    "an object in TF_VAR_ as JSON",
    `the password Quiet Otter!42 of application`,
    `the password ${M} of ${M}`,
    { login: LOGIN },
    {},
    { TF_VAR_login: '{"user":"application","password":"Quiet Otter!42"}' },
  ],
  [
    "an object in TF_VAR_ as HCL, with a null and escapes",
    'Quiet ${Otter} "42", $${Otter}',
    `Quiet $\{Otter} "42", $$\{Otter}`.replace('Quiet ${Otter} "42"', M),
    { login: LOGIN },
    {},
    { TF_VAR_login: '{ user = null, password = "Quiet $${Otter} \\"42\\"" }' },
  ],
  [
    "a string in TF_VAR_",
    "a: Quiet Otter",
    `a: ${M}`,
    { a: { type: "string", sensitive: true } },
    {},
    { TF_VAR_a: "Quiet Otter" },
  ],
  [
    "a number",
    "a: 90817263",
    `a: ${M}`,
    { a: { type: "number", sensitive: true } },
    { "terraform.tfvars": "a = 90817263\n" },
  ],
  [
    "a number that JavaScript would round",
    "a: 9007199254740993",
    `a: ${M}`,
    { a: { type: "number", sensitive: true, default: 7 } },
    { "terraform.tfvars": "a = 9007199254740993\n" },
  ],
  [
    "a list of maps in terraform.tfvars, a heredoc and a null in it",
    "first-secret second-key third line here",
    `${M} ${M} ${M}`,
    { a: { type: "list(map(string))", sensitive: true } },
    {
      "terraform.tfvars":
        'a = [{ x = "first-secret" }, { second-key = null, y = <<-E\n  third line here\n  E\n}]\n',
    },
  ],
  [
    "a tuple in *.auto.tfvars, of no declared type",
    "nested-secret in-a-list password",
    `${M} ${M} password`,
    { a: { sensitive: true } },
    { "z.auto.tfvars": 'a = { password = ["nested-secret", { deep = ["in-a-list", null] }] }\n' },
  ],
  [
    "JSON forms",
    "secret-of-json secret-of-auto-json",
    `${M} ${M}`,
    { a: { type: "set(string)", sensitive: true }, b: { type: "map(string)", sensitive: true } },
    {
      "terraform.tfvars.json": '{"a":["secret-of-json"]}',
      "b.auto.tfvars.json": '{"b":{"k":"secret-of-auto-json"}}',
    },
  ],
  ["a default", "deep-default", M, { a: { type: "any", sensitive: true, default: { b: ["deep-default"] } } }],
  [
    "an ephemeral one",
    "ephemeral-text",
    M,
    { a: { type: "string", ephemeral: true } },
    {},
    { TF_VAR_a: "ephemeral-text" },
  ],
  [
    "-var and -var-file in TF_CLI_ARGS_plan",
    "secret of-an-option, secret-of-a-file",
    `${M}, ${M}`,
    { a: { type: "list(string)", sensitive: true }, b: { type: "string", sensitive: true } },
    { "more.tfvars": 'b = "secret-of-a-file"\n' },
    { TF_CLI_ARGS_plan: `-parallelism=3 -var 'a=["secret of-an-option"]' -var-file="more.tfvars"` },
  ],
  [
    "one without a value, beside one with",
    "the-only-one",
    M,
    { a: { type: "string", sensitive: true }, b: { type: "string", sensitive: true } },
    {},
    { TF_VAR_b: "the-only-one" },
  ],
  [
    "one that Terraform refuses, beside one that it takes",
    "wrong-typed good-value",
    `${M} ${M}`,
    { a: { type: "object({n=number})", sensitive: true }, b: { type: "string", sensitive: true } },
    {},
    { TF_VAR_a: '{n="wrong-typed"}', TF_VAR_b: "good-value" },
  ],
  [
    "a file that Terraform cannot read",
    '  2: b = "in-quotes" without-quotes',
    `  2: ${M}`,
    { b: { type: "string", sensitive: true } },
    { "terraform.tfvars": 'a = 1\nb = "in-quotes" without-quotes\n' },
  ],
  [
    "a text that Terraform wraps, in its frame",
    "│ the name Quiet\n│ Otter Forty Two is taken",
    `│ the name ${M} is taken`,
    { a: { type: "string", sensitive: true } },
    {},
    { TF_VAR_a: "Quiet Otter Forty Two" },
  ],
])("masks %s", async (...[, text, expected, variable, files, env]) => {
  expect(await scrubbed(text, variable, files, env)).toBe(expected);
});

test("a variable that is no secret is shown, and a stack without secrets runs no Terraform", async () => {
  const shown = { a: { type: "string", default: "shown-text" } };

  expect(await scrubbed("shown-text of TF_VAR", shown, {}, { TF_VAR_a: "TF_VAR" })).toBe(
    "shown-text of TF_VAR",
  );
});

const APP = `const { App, LocalBackend, TerraformStack } = require("cdktf");
const app = new App();
const stack = new TerraformStack(app, "dev-queue");
new LocalBackend(stack, { path: __dirname + "/dev-queue.tfstate" });
stack.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" });
stack.addOverride("provider.aws", [{ region: "us-east-1", access_key: "x", secret_key: "y",
  skip_credentials_validation: true, skip_requesting_account_id: true, skip_metadata_api_check: true }]);
stack.addOverride("variable.login", { type: "object({user=string,password=string})", sensitive: true });
stack.addOverride("variable.names", { type: "list(string)", sensitive: true });
stack.addOverride("resource.aws_sqs_queue.q", { name: "\${var.login.password}" });
stack.addOverride("resource.aws_sqs_queue.p", { name: "\${var.names[1]}" });
app.synth();
require("node:fs").writeFileSync(app.outdir + "/stacks/dev-queue/terraform.tfvars", 'names = [null, "Loud Heron#77"]\\n');
`;

test("a provider repeats parts of two variables: they are in no output, file or report", async () => {
  // GIVEN
  build();
  const config = { language: "typescript", app: "node main.js", output: "cdktf.out" };
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify(config));
  writeFileSync(join(folder, "main.js"), APP);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const env = {
    ...providerEnvironment(join(folder, "terraform.rc"), process.env),
    TF_VAR_login: '{"user":"app","password":"Quiet Otter!42"}',
  };
  const run = (...args: readonly string[]) => groundplan(args, { cwd: folder, env });
  // WHEN
  const plan = await run("plan", "--no-shared-provider");
  const reports = await Promise.all(
    ["markdown", "json", "sarif", "terminal"].map((format) => run("report", "--format", format)),
  );
  // THEN
  const outputs = [plan, ...reports].flatMap(({ stdout, stderr }) => [stdout, stderr]);
  const result = join(folder, ".groundplan", "plan");
  const files = readdirSync(result, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  const all = [...outputs, ...files].join("\n");
  expect(plan.code).toBe(1);
  expect(existsSync(join(result, "stacks", "dev-queue", "error.txt"))).toBe(true);
  expect(plan.stdout.match(/invalid queue name: \(sensitive value\)/g)).not.toBeNull();
  for (const secret of ["Quiet Otter!42", "Otter", "Loud Heron#77", "Heron"])
    expect(all).not.toContain(secret);
  // Both errors are there, without what they repeat.
  const error = readFileSync(join(result, "stacks", "dev-queue", "error.txt"), "utf8");
  expect(error.match(/invalid queue name: \(sensitive value\)/g)).toHaveLength(2);
});
