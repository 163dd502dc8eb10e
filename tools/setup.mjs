#!/usr/bin/env node
// Installs what is missing, and nothing else. Plain Node with no dependency: it runs before `npm ci`.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEBIAN_PACKAGES, findProgram, installPackages, missingPackages } from "./setup/debian.mjs";
import nodeVersion from "./setup/node-version.js";
import { onlyOne } from "./setup/only-one.mjs";
import packages from "./setup/packages.js";
import npmPrograms from "./setup/programs.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const HELP = `Usage: node tools/setup.mjs [options]

Installs what is missing: the npm packages, the build, and the Python packages of the AWS emulator.
Takes a fraction of a second when nothing is missing; then it needs no network.

Options:
  --tests  also what only the tests need: checkov and the AWS CLI (about 500 MB), zizmor, packages of Debian as root
           or by sudo (a browser, about 350 MB), and the programs that Go builds: those of Kubernetes, actionlint and
           act (about ten minutes the first time), and as root the
           file system of instances that boot (two minutes the first time)
  --quiet  say nothing when nothing is missing
  --help   print this`;

/** Exit codes: 1 something cannot be had, 2 wrong use, 130 Ctrl-C. */
const args = new Set(process.argv.slice(2));
const started = Date.now();
/** @type {string[]} */
const installed = [];
/** @type {AbortController} */
const ending = new AbortController();

/** @type {number | undefined} */
let endCode;
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.on(signal, () => {
    endCode = signal === "SIGINT" ? 130 : 143;
    ending.abort();
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (endCode === undefined)
    console.error(`Error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
if (endCode !== undefined) {
  console.error("interrupted: nothing half-made is kept; run it again to go on");
  process.exitCode = endCode;
}

async function main() {
  if (args.has("--help") || args.has("-h")) {
    console.log(HELP);
    return 0;
  }
  const unknown = [...args].filter((arg) => !["--tests", "--quiet"].includes(arg));
  if (unknown.length > 0) {
    console.error(`Error: unknown option ${unknown.join(" ")}\n\n${HELP}`);
    return 2;
  }
  const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const fault = nodeVersion.nodeFault(process.versions.node, engines.node);
  if (fault) throw new Error(fault);
  const groundplan = join(ROOT, ".groundplan");
  await onlyOne(join(groundplan, "setup.lock"), setUp, (pid) => {
    const holder = pid === undefined ? "its lock names no process" : `process ${pid}`;
    console.log(`waiting for another set-up of this folder (${holder})`);
  });
  if (!["terraform", "tofu"].some((program) => findProgram(program))) {
    console.error(
      "Terraform is missing: it is no npm package\n  install 1.11 or newer from https://developer.hashicorp.com/terraform/install, or OpenTofu 1.10 or newer",
    );
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (installed.length > 0) console.log(`set up in ${seconds} s: ${installed.join(", ")}`);
  else if (!args.has("--quiet")) console.log(`set up: nothing was missing (${seconds} s)`);
  return 0;
}

async function setUp() {
  const reason = packages.missingPackage(ROOT);
  if (reason) await step(`npm packages (${reason})`, () => npmCi());
  await build();
  try {
    await python("local/requirements.txt", "emulators");
  } catch (error) {
    // Without the emulator most tests still run, and say what they skip; in CI all must.
    if (!args.has("--tests") || process.env.CI === "true" || ending.signal.aborted) throw error;
    console.error(`the AWS emulator cannot run: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  if (!args.has("--tests")) return;
  await python("tools/requirements-test.txt", "checkov");
  await python("tools/requirements-aws.txt", "aws");
  await python("tools/requirements-syft.txt", "syft");
  await python("tools/actions/requirements.txt", "zizmor");
  await debian();
  await machineBase();
  await registryAndNode();
  await programs();
}

/** Installs the packages of Debian that are missing. */
async function debian() {
  const names = missingPackages(DEBIAN_PACKAGES).map(({ name }) => name);
  if (names.length === 0) return;
  console.log(`installing packages of Debian (${names.join(", ")}) …`);
  const begun = Date.now();
  const made = await installPackages(DEBIAN_PACKAGES, { run });
  if (made.fault) {
    // Without them the other tests still run, and these are counted as skipped; in CI all must.
    if (process.env.CI === "true" || ending.signal.aborted) throw new Error(made.fault);
    console.error(made.fault);
    return;
  }
  console.log(`  done in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  installed.push(`packages of Debian: ${made.installed.join(", ")}`);
}

/** Makes the root file system that instances of the local AWS boot from, where they can and the suites with them are asked for. */
async function machineBase() {
  if (process.env.GROUNDPLAN_MACHINES !== "1") return;
  const made = await run([process.execPath, join(ROOT, "tools", "setup", "machine-base.mjs")]);
  if (made.code === 0) {
    const line = made.output.trim();
    if (line !== "") installed.push(line);
    return;
  }
  // Without it the other tests still run, and these are counted as skipped; in CI all must.
  if (process.env.CI === "true" || ending.signal.aborted) throw new Error(made.output.trim());
  console.error(made.output.trim());
}

/** Installs the programs of `tools/programs` into the cache, which other folders share. */
async function registryAndNode() {
  try {
    await installPrograms();
  } catch (error) {
    // Without them the other tests still run, and these are counted as skipped; in CI all must.
    if (process.env.CI === "true" || ending.signal.aborted) throw error;
    console.error(error instanceof Error ? error.message : String(error));
  }
}

async function installPrograms() {
  const folder = npmPrograms.programsFolder(ROOT);
  const reason = () => packages.missingPackage(folder);
  if (existsSync(folder) && !reason()) return;
  mkdirSync(folder, { recursive: true });
  for (const file of npmPrograms.FILES)
    copyFileSync(join(ROOT, "tools", "programs", file), join(folder, file));
  await onlyOne(
    `${folder}.lock`,
    async () => {
      const why = reason();
      if (why)
        await step(`npm packages of tools/programs (${why})`, () =>
          npmCi(["--ignore-scripts", "--prefix", folder]),
        );
    },
    () => console.log("waiting for another set-up of this machine"),
  );
}

/** Builds the programs that the cache has not. */
async function programs() {
  const { ACTIONS, ALL_NODES, buildTools, CONTROL_PLANE, GITOPS, LINTERS } = (
    await import("../local/dist/index.js")
  ).default;
  const begun = Date.now();
  try {
    const built = await buildTools([...CONTROL_PLANE, ...ALL_NODES, ...GITOPS, ...LINTERS, ...ACTIONS], {
      signal: ending.signal,
      onProgress: (/** @type {string} */ line) => console.log(`${line} …`),
    });
    if (built.length === 0) return;
    console.log(`  done in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    installed.push(`${built.length} programs built by Go`);
  } catch (error) {
    // Without Go the other tests still run, and these are counted as skipped; in CI all must.
    if (process.env.CI === "true" || ending.signal.aborted) throw error;
    console.error(
      `the programs that Go builds are missing: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/**
 * @param {string} what
 * @param {() => Promise<void>} action
 */
async function step(what, action) {
  const begun = Date.now();
  console.log(`installing ${what} …`);
  await action();
  console.log(`  done in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  installed.push(what.replace(/ \(.*/, ""));
}

/** @param {string[]} where - of npm's options, the folder when it is another than this. */
async function npmCi(where = []) {
  const npm = process.env.npm_execpath?.endsWith(".js")
    ? [process.execPath, process.env.npm_execpath]
    : ["npm"];
  const flags = ["ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  const { code, output } = await run([...npm, ...flags, ...where]);
  if (code === 0) return;
  throw new Error(
    `npm ci failed (exit code ${code})\n${indent(output)}\n  check the connection to the npm registry and its proxy settings, then run it again`,
  );
}

async function build() {
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const { code, output } = await run([process.execPath, tsc, "-b", ".", "cli", "local"]);
  if (code !== 0) throw new Error(`the TypeScript sources do not compile\n${indent(output)}`);
}

/**
 * The virtual environment of a requirements file. Its code is the emulator's (`local/install.ts`); loading
 * that and asking Python for its version take longer than all else here, so a file remembers the answer.
 *
 * @param {string} file - path of the requirements in the repository.
 * @param {string} name - begins the folder's name in the cache.
 */
async function python(file, name) {
  const requirements = join(ROOT, file);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const key = createHash("sha256").update(cache).update(readFileSync(requirements)).digest("hex");
  const memory = join(ROOT, ".groundplan", `${name}.json`);
  if (existsSync(memory)) {
    const found = JSON.parse(readFileSync(memory, "utf8"));
    if (found.key === key && existsSync(found.python)) return;
  }
  const { install } = await import("../local/dist/index.js").then((module) => module.default);
  const begun = Date.now();
  const made = await install({
    requirements,
    name,
    signal: ending.signal,
    onProgress: () => console.log(`installing Python packages of ${file} …`),
  });
  if (made.installed) {
    console.log(`  done in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    installed.push(`Python packages of ${name}`);
  }
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(`${memory}.${process.pid}`, JSON.stringify({ key, python: made.python }));
  renameSync(`${memory}.${process.pid}`, memory);
}

/**
 * @param {string[]} command
 * @returns {Promise<{ code: number | null; output: string }>}
 */
function run([program = "", ...rest]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      signal: ending.signal,
      // npm waits for its downloads before it ends by a gentler one; a killed install counts as none.
      killSignal: "SIGKILL",
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    child.on("error", () =>
      reject(new Error(`cannot run ${program}: it is not on PATH\n  install Node with npm`)),
    );
    child.on("close", (code) => resolve({ code, output: output.trim() }));
  });
}

/** @param {string} text */
function indent(text) {
  return text.replace(/^/gm, "  ");
}
