#!/usr/bin/env node
// `node tools/bench/shards.mjs`: what one, four and sixteen jobs take to plan many stacks, each on a machine of its own.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const HELP = `Usage: node tools/bench/shards.mjs [--stacks N] [--job SECONDS]

Plans N stacks (default 320) of environments with eight each by Terraform, without a provider: all of them, and the largest
shard of 4 and of 16. That is what the slowest job of a matrix takes, for each job has a machine of its own. To each the
SECONDS are added that a job takes before it plans (default 60: checkout, npm ci, credentials).
Exit code 1 when 16 shards are not six times as fast as one job.`;

const argv = process.argv.slice(2);
/** @param {string} name @param {number} standard */
const option = (name, standard) => (argv.includes(name) ? Number(argv[argv.indexOf(name) + 1]) : standard);
const stacks = option("--stacks", 320);
const job = option("--job", 60);

/** Eight stacks of an environment: a network, what stands on it, and what stands alone. */
const UNITS = {
  network: [],
  registry: [],
  cluster: ["network"],
  addons: ["cluster"],
  database: ["network"],
  api: ["cluster", "database"],
  worker: ["database"],
  alarms: ["api"],
};

const APP = `import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
const out = process.env.CDKTF_OUTDIR ?? "cdktf.out";
const stacks = {};
for (const [name, dependencies] of Object.entries(JSON.parse(readFileSync("stacks.json", "utf8")))) {
  mkdirSync(out + "/stacks/" + name, { recursive: true });
  const made = Object.fromEntries(Array.from({ length: 10 }, (_, at) => ["r" + at, { input: name }]));
  writeFileSync(out + "/stacks/" + name + "/cdk.tf.json", JSON.stringify({ resource: { terraform_data: made } }));
  stacks[name] = { name, constructPath: name, workingDirectory: "stacks/" + name, synthesizedStackPath: "stacks/" + name + "/cdk.tf.json", annotations: [], dependencies };
}
writeFileSync(out + "/manifest.json", JSON.stringify({ version: "0.21.0", stacks }));
`;

if (argv.includes("--help") || argv.includes("-h")) console.log(HELP);
else if (!(Number.isInteger(stacks) && stacks >= 16 && job >= 0)) {
  console.error("Error: --stacks takes a whole number of 16 or more, e.g. 320, and --job seconds, e.g. 60");
  process.exitCode = 2;
} else measure();

function measure() {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-shards-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const units = Object.entries(UNITS);
  const all = Array.from({ length: stacks }, (_, at) => {
    const environment = `e${Math.floor(at / units.length)}`;
    const [unit, on] = units[at % units.length] ?? ["network", []];
    return [`${environment}-${unit}`, on.map((one) => `${environment}-${one}`)];
  });
  writeFileSync(join(folder, "app.mjs"), APP);
  writeFileSync(join(folder, "stacks.json"), JSON.stringify(Object.fromEntries(all)));
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ language: "typescript", app: "node app.mjs" }));
  const found = [1, 4, 16].map((shards) => ({ shards, ...planned(folder, shards) }));
  const [one] = found;
  for (const { shards, stacks: count, seconds } of found) {
    const ratio = one ? ((one.seconds + job) / (seconds + job)).toFixed(1) : "";
    const words = `${String(shards).padStart(2)} ${shards === 1 ? "job " : "jobs"} of up to ${count} stacks`;
    console.log(
      `${words.padEnd(30)} ${seconds.toFixed(0).padStart(5)} s to plan, ${(seconds + job).toFixed(0)} s with the job's start: ${ratio} times as fast`,
    );
  }
  const sixteen = found.at(-1);
  if (!one || !sixteen || one.seconds / sixteen.seconds < 6) process.exitCode = 1;
}

/** @param {string} folder @param {number} shards */
function planned(folder, shards) {
  const args = [
    join(ROOT, "cli", "bin", "groundplan.js"),
    "plan",
    "--json",
    "--concurrency",
    "4",
    "--shard",
    `1/${shards}`,
  ];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  if (status !== 0) throw new Error(`plan ended with ${status}\n${stderr}`);
  const run = JSON.parse(stdout);
  return { seconds: /** @type {number} */ (run.seconds), stacks: /** @type {number} */ (run.stacks.length) };
}
