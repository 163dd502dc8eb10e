// Planning against cdktf, and what a pull request touches against everything, on the local AWS.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const require = createRequire(join(ROOT, "cli", "package.json"));

/** An app of as many stacks, each with three parameters; a value of each lies in `values.json`. */
const APP = `const { App, S3Backend, TerraformStack } = require("cdktf");
const values = require("./values.json");
const app = new App();
for (const [name, value] of Object.entries(values)) {
  const stack = new TerraformStack(app, name);
  new S3Backend(stack, { bucket: "bench", key: name, region: "us-east-1", dynamodbTable: "bench" });
  stack.addOverride("provider", { aws: [{ region: "us-east-1" }] });
  stack.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" });
  for (const id of ["a", "b", "c"]) {
    stack.addOverride("resource.aws_ssm_parameter." + id, { name: "/" + name + "/" + id, type: "String", insecure_value: value });
  }
}
app.synth();
`;

/** @typedef {{ figure: string; measured: string; target: string; met: boolean }} Row */

/**
 * @param {Row[]} rows
 * @param {number} stacks - how many the app has.
 * @param {string} work - folder for all that it writes.
 */
export async function plans(rows, stacks, work) {
  // It says nothing of what is measured here.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const { down, environment, up } = require("@groundplan/local");
  const stateDirectory = join(work, "emulator");
  try {
    const variables = environment(await up({ port: 0, stateDirectory, persist: false }));
    await makeState(variables);
    rows.push(...measure({ ...process.env, ...variables, CI: "1", FORCE_COLOR: "0" }, stacks, work));
  } finally {
    await down({ stateDirectory });
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {number} count
 * @param {string} work
 * @returns {Row[]}
 */
function measure(env, count, work) {
  const path = join(work, "app");
  mkdirSync(path);
  const values = Object.fromEntries(Array.from({ length: count }, (_, index) => [`e${index}-app`, "one"]));
  writeFileSync(join(path, "cdktf.json"), JSON.stringify({ language: "typescript", app: "node main.js" }));
  writeFileSync(join(path, "main.js"), APP);
  writeFileSync(join(path, "values.json"), JSON.stringify(values, null, 1));
  writeFileSync(join(path, ".gitignore"), "node_modules\ncdktf.out\n.groundplan\n*.log\n");
  writeFileSync(join(path, "package-lock.json"), "{}\n");
  cpSync(join(ROOT, ".terraform.lock.hcl"), join(path, ".terraform.lock.hcl"));
  symlinkSync(join(ROOT, "node_modules"), join(path, "node_modules"));
  const git = (/** @type {string[]} */ ...args) => timed(env, path, "git", ...args);
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Bench");
  git("config", "user.email", "bench@example.com");
  git("add", "--all");
  git("commit", "--quiet", "--message", "base");

  const groundplan = (/** @type {string[]} */ ...args) =>
    timed(env, path, process.execPath, join(ROOT, "cli", "bin", "groundplan.js"), ...args);
  const script = join(ROOT, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf.js");
  const cdktf = (/** @type {string[]} */ ...args) => timed(cdktfEnv, path, process.execPath, script, ...args);
  const everything = groundplan("plan");
  const cdktfEnv = { ...env, TF_CLI_CONFIG_FILE: join(path, ".groundplan", "terraform.rc") };
  // Groundplan has initialized every stack by now, which helps cdktf.
  const diffs = Object.keys(values).reduce((sum, name) => sum + cdktf("diff", name), 0);
  const synth = cdktf("synth");
  const unchanged = groundplan("affected", "--base", "main");
  writeFileSync(join(path, "values.json"), JSON.stringify({ ...values, "e0-app": "two" }, null, 1));
  const touched = groundplan("plan", "--affected", "--base", "main");
  const { stacks } = JSON.parse(readFileSync(join(path, ".groundplan", "plan", "summary.json"), "utf8"));
  if (stacks.length !== 1) throw new Error(`${stacks.length} stacks are affected by one value`);

  return [
    row(`cdktf diff of ${count} stacks, one after another / groundplan plan`, diffs, everything, 3, true),
    row(`cdktf diff of ${count} stacks / groundplan plan of what one value touches`, diffs, touched, 5, true),
    // Lower since stacks share a provider: then everything is eight times as fast as it was, and one stack twice.
    row(`groundplan plan of ${count} stacks / of what one value touches`, everything, touched, 2, true),
    row("groundplan affected of no change / cdktf synth", unchanged, synth, 2.5, false),
  ];
}

/**
 * @param {string} figure
 * @param {number} above - seconds.
 * @param {number} below - seconds.
 * @param {number} target
 * @param {boolean} least - whether the target is the least ratio, and not the greatest.
 * @returns {Row}
 */
function row(figure, above, below, target, least) {
  const ratio = above / below;
  return {
    figure,
    measured: `${ratio.toFixed(2)} x (${above.toFixed(1)} s / ${below.toFixed(1)} s)`,
    target: `${least ? ">=" : "<="} ${target} x`,
    met: least ? ratio >= target : ratio <= target,
  };
}

/**
 * Runs a program; the seconds that it took.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} cwd
 * @param {string} program
 * @param {string[]} args
 */
function timed(env, cwd, program, ...args) {
  process.stderr.write(
    `\r${basename(program)} ${args.map((arg) => basename(arg)).join(" ")}`.slice(0, 70).padEnd(71),
  );
  const begun = process.hrtime.bigint();
  const ended = spawnSync(program, args, { cwd, env, encoding: "utf8", maxBuffer: 1e8 });
  if (ended.status !== 0) throw new Error(`${program} ${args.join(" ")}\n${ended.stdout}${ended.stderr}`);
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  process.stderr.write(`${"\r".padEnd(71)}\r`);
  return seconds;
}

/** @param {Record<string, string>} variables */
async function makeState({ AWS_ENDPOINT_URL: endpoint = "" }) {
  const { CreateBucketCommand, S3Client } = require("@aws-sdk/client-s3");
  const { CreateTableCommand, DynamoDBClient } = require("@aws-sdk/client-dynamodb");
  const place = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  await new S3Client({ ...place, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: "bench" }));
  await new DynamoDBClient(place).send(
    new CreateTableCommand({
      TableName: "bench",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "LockID", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "LockID", AttributeType: "S" }],
    }),
  );
}
