#!/usr/bin/env node
// `node tools/bench/plan.mjs`: planning against cdktf, and what a pull request touches against everything, as ratios
// measured in one run against the local AWS. Minutes: `cdktf diff` plans one stack at a time.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const STACKS = Number(process.env.BENCH_STACKS ?? 24);
const require = createRequire(join(ROOT, "cli", "package.json"));
const { down, environment, up } = require("@groundplan/local");
const { CreateBucketCommand, S3Client } = require("@aws-sdk/client-s3");
const { CreateTableCommand, DynamoDBClient } = require("@aws-sdk/client-dynamodb");

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

const work = mkdtempSync(join(tmpdir(), "groundplan-bench-plan-"));
const stateDirectory = join(work, "emulator");
try {
  const variables = environment(await up({ port: 0, stateDirectory, persist: false }));
  await makeState(variables);
  const met = bench({ ...process.env, ...variables, CI: "1", FORCE_COLOR: "0" });
  if (!met) process.exitCode = 1;
} finally {
  await down({ stateDirectory });
  rmSync(work, { recursive: true, force: true });
}

/** @param {NodeJS.ProcessEnv} env */
function bench(env) {
  const path = join(work, "app");
  mkdirSync(path);
  const values = Object.fromEntries(Array.from({ length: STACKS }, (_, index) => [`e${index}-app`, "one"]));
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
    row(`cdktf diff of ${STACKS} stacks, one after another / groundplan plan`, diffs, everything, 3, true),
    row(`groundplan plan of ${STACKS} stacks / of what one value touches`, everything, touched, 5, true),
    row("groundplan affected of no change / cdktf synth", unchanged, synth, 2.5, false),
  ].every(Boolean);
}

/**
 * @param {string} figure
 * @param {number} above - seconds.
 * @param {number} below - seconds.
 * @param {number} target
 * @param {boolean} least - whether the target is the least ratio, and not the greatest.
 */
function row(figure, above, below, target, least) {
  const ratio = above / below;
  const met = least ? ratio >= target : ratio <= target;
  const measured = `${ratio.toFixed(2)} x (${above.toFixed(1)} s / ${below.toFixed(1)} s)`;
  console.log(
    `${met ? "✓" : "✗"} ${figure.padEnd(66)}  ${measured.padEnd(28)} target ${least ? ">=" : "<="} ${target} x`,
  );
  return met;
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
  const begun = process.hrtime.bigint();
  const ended = spawnSync(program, args, { cwd, env, encoding: "utf8", maxBuffer: 1e8 });
  if (ended.status !== 0) throw new Error(`${program} ${args.join(" ")}\n${ended.stdout}${ended.stderr}`);
  return Number(process.hrtime.bigint() - begun) / 1e9;
}

/** @param {Record<string, string>} variables */
async function makeState({ AWS_ENDPOINT_URL: endpoint = "" }) {
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
