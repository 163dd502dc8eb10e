#!/usr/bin/env node
// What `npm test` runs after the set-up: lint, types, and the four kinds of tests; a summary is its last word.
import { readdirSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { changedFiles, relatedTests } from "./test/changed.mjs";
import { costLines, recordDurations } from "./test/costs.mjs";
import { inherit, missingCluster, missingEmulator, missingTerraform, runKind } from "./test/kinds.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const HELP = `Usage: npm test [-- [pattern…] [jest options]]

Runs lint and format, the type check, and the tests: unit, program, terraform, emulator, cluster.

  npm test -- network              only files whose path matches, and no lint
  npm test -- registry -t lifecycle
  npm test -- --kind unit          only one kind: unit, program, terraform, emulator or cluster
  npm test -- --record             also writes what each suite took to tools/test/durations.json, by which runs are ordered
  npm test -- --changed            what differs from where this branch left origin/main; --changed=<revision> from there
  npm run derive                   writes what is derived from platform.ts and overlays/, the golden files too

Without Terraform, the AWS provider, Python or Go the tests that need them are skipped, and counted as such;
with CI=true they must run.`;

// What the tests start of Terraform without the command line takes a fifth less CPU time, as there (cli/process/run.ts).
process.env.GOGC ??= "400";

const { kinds, args, help, record } = parse(process.argv.slice(2));
if (help) {
  console.log(HELP);
} else {
  process.exitCode = await main();
}

/** @param {string[]} argv */
function parse(argv) {
  const all = ["unit", "program", "terraform", "emulator", "cluster"];
  /** @type {string[]} */
  const chosen = [];
  /** @type {string[]} */
  const rest = [];
  let isRecorded = false;
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index] ?? "";
    if (arg === "--record") isRecorded = true;
    else if (arg === "--kind") chosen.push(argv[++index] ?? "");
    else if (/^--changed(?:=|$)/.test(arg))
      rest.push(...changed(arg.slice("--changed=".length) || undefined));
    else rest.push(arg);
  }
  const unknown = chosen.filter((kind) => !all.includes(kind));
  if (unknown.length > 0) {
    console.error(
      `Error: no kind of tests is called ${JSON.stringify(unknown.join(" "))}\n  use ${all.slice(0, -1).join(", ")} or ${all.at(-1)}`,
    );
    process.exit(2);
  }
  return {
    kinds: all.filter((kind) => chosen.length === 0 || chosen.includes(kind)),
    args: rest,
    record: isRecorded,
    help: rest.includes("--help") || rest.includes("-h"),
  };
}

/**
 * @param {string | undefined} base
 * @returns {string[]}
 */
function changed(base) {
  try {
    const tests = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => posix.join("test", ...file.split(sep)));
    const found = relatedTests(changedFiles(ROOT, base), tests);
    if (found.length > 0) return found;
  } catch {
    console.error(
      `Error: Git does not know the revision ${JSON.stringify(base)}\n  use a branch, a tag or a commit`,
    );
    process.exit(2);
  }
  console.log("nothing changed that has tests");
  process.exit(0);
}

async function main() {
  /** @type {import("./test/kinds.mjs").Result[]} */
  const results = [];
  /**
   * @param {string} name
   * @param {() => Promise<Omit<import("./test/kinds.mjs").Result, "name" | "seconds">>} action
   */
  const step = async (name, action) => {
    console.log(`\n--- ${name}`);
    const begun = Date.now();
    const result = await action();
    results.push({ name, seconds: (Date.now() - begun) / 1000, ...result });
  };
  const tool = (/** @type {string[]} */ command) => async () => {
    const code = await inherit(process.execPath, command, ROOT);
    return {
      passed: 0,
      failed: code === 0 ? 0 : 1,
      skipped: 0,
      note: code === 0 ? "ok" : `exit code ${code}`,
    };
  };

  if (args.length === 0 && kinds.length > 1) {
    const biome = join("node_modules", "@biomejs", "biome", "bin", "biome");
    await step("lint and format", tool([biome, "ci", "--colors=off", "--error-on-warnings", "."]));
    const cruiser = join("node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
    await step(
      "imports",
      tool([cruiser, "--config", ".dependency-cruiser.cjs", "--output-type", "err", "."]),
    );
    await step("types", tool([join("node_modules", "typescript", "bin", "tsc"), "-p", "test/tsconfig.json"]));
  }
  const required = process.env.CI === "true";
  const terraform = kinds.some((kind) => !["unit", "program"].includes(kind))
    ? await missingTerraform(ROOT)
    : undefined;
  /** @type {Record<string, { workers: number; missing: string | undefined }>} */
  const needs = {
    // Beside the emulator's and the cluster's: more would only make what is timed late.
    unit: { workers: 2, missing: undefined },
    program: { workers: 2, missing: undefined },
    terraform: { workers: 1, missing: terraform },
    // They wait for the AWS provider's own pauses more than they compute.
    emulator: { workers: 4, missing: terraform ?? missingEmulator(ROOT) },
    cluster: { workers: 1, missing: await missingCluster(ROOT) },
  };
  const run = (/** @type {string} */ kind, /** @type {boolean} */ beside) => {
    const { workers, missing } = needs[kind] ?? { workers: 1, missing: undefined };
    return step(`${kind} tests`, () =>
      runKind({ root: ROOT, kind, args, workers, missing, required, beside }),
    );
  };
  // The suites of the emulator and of the cluster wait a good part of their time, which the others fill: so they begin at
  // once. What another lane than the first prints comes when its kind has ended. Long suites come first, so that no core has
  // to wait for the last of them.
  const lanes = [["terraform", "program", "unit"], ["emulator"], ["cluster"]]
    .map((lane) => lane.filter((kind) => kinds.includes(kind)))
    .filter((lane) => lane.length > 0);
  await Promise.all(
    lanes.map(async (lane, index) => {
      for (const kind of lane) await run(kind, index > 0);
    }),
  );
  return summarize(results);
}

/** @param {import("./test/kinds.mjs").Result[]} results */
function summarize(results) {
  const all = results.flatMap((each) => each.costs ?? []);
  if (record) recordDurations(ROOT, all);
  const costs = costLines(all);
  if (costs.length > 0) console.log(`\n--- costs\n${costs.join("\n")}`);
  console.log("\n--- summary");
  for (const { name, seconds, passed, failed, skipped, note } of results) {
    const counts =
      passed + failed + skipped === 0 ? "" : `${passed} passed, ${failed} failed, ${skipped} skipped`;
    const words = [counts, note.split("\n")[0]].filter(Boolean).join("; ");
    console.log(
      `${failed > 0 ? "✗" : "✓"} ${name.padEnd(16)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${words}`,
    );
  }
  const sum = (/** @type {"passed" | "failed" | "skipped"} */ key) =>
    results.reduce((total, each) => total + each[key], 0);
  const nothing = sum("passed") + sum("failed") + sum("skipped") === 0;
  if (nothing) console.error(`\nError: no test matches ${args.join(" ")}`);
  const left = results.flatMap((each) => each.left ?? []);
  if (left.length > 0) {
    console.log(`\n!!! ${left.length} tests were SKIPPED, as what they need cannot be had here:`);
    for (const name of left) console.log(`!!!   ${name}`);
  }
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  return sum("failed") > 0 || nothing ? 1 : 0;
}
