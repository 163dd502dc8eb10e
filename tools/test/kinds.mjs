import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import npmPrograms from "../setup/programs.js";
import { readCosts } from "./costs.mjs";

/**
 * What one step of the run came to.
 *
 * @typedef {{ name: string; seconds: number; passed: number; failed: number; skipped: number; note: string; left?: string[]; costs?: import("./costs.mjs").Cost[] }} Result
 */

/** A pattern that no test's name matches: with it jest counts all and runs none. */
const NO_TEST = "^no test of this kind can run here$";

/**
 * Runs one kind of tests.
 *
 * @param {{ root: string; kind: string; args: string[]; workers: number; missing: string | undefined; required: boolean; beside?: boolean }} options -
 *   `missing` says why the kind cannot run here; then its tests are counted as skipped, or as failed where they are required.
 *   `beside` keeps what it prints until it has ended, as another kind runs at the same time.
 * @returns {Promise<Omit<Result, "name" | "seconds">>}
 */
export async function runKind({ root, kind, args, workers, missing, required, beside = false }) {
  if (missing && required) {
    console.error(`\n!!! the ${kind} tests must run in CI, and cannot: ${missing}\n`);
    return { passed: 0, failed: 1, skipped: 0, note: missing };
  }
  if (missing) console.error(`\n!!! the ${kind} tests are SKIPPED: ${missing}\n`);
  const folder = mkdtempSync(join(tmpdir(), "groundplan-test-"));
  const report = join(folder, "report.json");
  try {
    const jest = join(root, "node_modules", "jest", "bin", "jest.js");
    const flags = ["--selectProjects", kind, "--json", "--outputFile", report, `--maxWorkers=${workers}`];
    const filter = args.length > 0 ? ["--passWithNoTests", ...args] : [];
    const none = missing ? ["--silent", "--testNamePattern", NO_TEST] : [];
    const costs = join(folder, "costs.jsonl");
    const env = { ...process.env, GROUNDPLAN_TEST_COSTS: costs };
    const code = await inherit(process.execPath, [jest, ...flags, ...filter, ...none], root, {
      later: beside,
      env,
    });
    return { ...judge(kind, code, report, args, missing), costs: missing ? [] : readCosts(costs) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} kind
 * @param {number | null} code - jest's exit code.
 * @param {string} report - path of its JSON.
 * @param {string[]} args
 * @param {string | undefined} missing
 */
export function judge(kind, code, report, args, missing) {
  if (!existsSync(report)) {
    // jest writes no report when nothing matched the arguments, and when it crashed.
    if (code === 0 && args.length > 0) return { passed: 0, failed: 0, skipped: 0, note: "no test matches" };
    return { passed: 0, failed: 1, skipped: 0, note: `jest crashed (exit code ${code})` };
  }
  const counts = JSON.parse(readFileSync(report, "utf8"));
  const passed = counts.numPassedTests;
  const skipped = counts.numPendingTests + counts.numTodoTests;
  // A file that cannot be loaded has no tests to fail.
  let failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  let note = missing ? "cannot run here" : "";
  if (passed + failed === 0 && args.length === 0 && !missing) {
    failed = 1;
    note = `no ${kind} test ran`;
  } else if (failed === 0 && code !== 0) {
    failed = 1;
    note = `jest ended with exit code ${code}`;
  }
  return { passed, failed, skipped, note, left: leftOut(counts, args, missing) };
}

/**
 * The tests that were left out on purpose, each with its reason as its name; none where the arguments chose the tests.
 *
 * @param {{ testResults: { assertionResults: { status: string; fullName: string }[] }[] }} counts
 * @param {string[]} args
 * @param {string | undefined} missing
 */
function leftOut(counts, args, missing) {
  if (missing || args.some((arg) => /^(?:-t|--testNamePattern)/.test(arg))) return [];
  return counts.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === "pending")
    .map(({ fullName }) => fullName);
}

/**
 * Why tests with Terraform cannot run here; undefined when they can. It asks for the provider really, as
 * only that says whether the registry or a mirror can be had.
 *
 * @param {string} root
 */
export async function missingTerraform(root) {
  const version = spawnSync("terraform", ["version"], { encoding: "utf8" });
  if (version.error)
    return "Terraform is not on PATH: install 1.11 or newer (https://developer.hashicorp.com/terraform/install)";
  const { providerEnvironment } = (await import("../../cli/dist/terraform/mirror.js")).default;
  const folder = mkdtempSync(join(tmpdir(), "groundplan-probe-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const env = {
    ...process.env,
    CHECKPOINT_DISABLE: "1",
    ...providerEnvironment(join(folder, "terraform.rc")),
  };
  writeFileSync(join(folder, ".terraform.lock.hcl"), readFileSync(join(root, ".terraform.lock.hcl")));
  writeFileSync(
    join(folder, "main.tf"),
    'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = ">= 5.100.0, < 7.0.0"\n    }\n  }\n}\n',
  );
  const init = spawnSync("terraform", ["init", "-no-color", "-input=false"], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  if (init.status !== 0) return `Terraform cannot get the AWS provider:\n${init.stderr.trim()}`;
  // Suites are lent the provider that is verified here (test/lent-provider.ts).
  process.env.GROUNDPLAN_INITIALIZED = folder;
  return undefined;
}

/**
 * Why the emulator cannot run here; undefined when it can.
 *
 * @param {string} root
 */
export function missingEmulator(root) {
  const memory = join(root, ".groundplan", "emulators.json");
  if (existsSync(memory) && existsSync(JSON.parse(readFileSync(memory, "utf8")).python)) return undefined;
  return "the emulator's Python packages are not installed: node tools/setup.mjs says why";
}

/**
 * Why no Kubernetes control plane, and no registry of packages, can run here; undefined when they can.
 *
 * @param {string} root
 */
export async function missingCluster(root) {
  if (!existsSync(npmPrograms.verdaccio(root)))
    return "the npm packages of tools/programs are not installed: node tools/setup.mjs --tests says why";
  const { ACTIONS, ALL_NODES, CONTROL_PLANE, GITOPS, LINTERS, toolPath } = (
    await import("../../local/dist/index.js")
  ).default;
  const missing = [...CONTROL_PLANE, ...ALL_NODES, ...GITOPS, ...LINTERS, ...ACTIONS].filter(
    (name) => !existsSync(toolPath(name)),
  );
  if (missing.length === 0) return undefined;
  return `${missing.join(", ")} could not be built: node tools/setup.mjs --tests says why`;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 * @param {{ later?: boolean; env?: NodeJS.ProcessEnv }} [options] - `later` prints what it says when it has ended, not as it comes.
 * @returns {Promise<number | null>} The exit code.
 */
export function inherit(program, args, cwd, { later = false, env = process.env } = {}) {
  return new Promise((resolve) => {
    const output = later ? "pipe" : "inherit";
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", output, output] });
    /** @type {Buffer[]} */
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part) => said.push(part));
    child.on("error", () => resolve(127));
    child.on("close", (code) => {
      process.stdout.write(Buffer.concat(said));
      resolve(code);
    });
  });
}
