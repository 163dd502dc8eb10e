import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { recommendedNode } from "../tools/setup/programs";
import { BIN, build } from "./cli/groundplan";
import { temporaryFolder } from "./temporary-folder";

const ROOT = join(__dirname, "..");
const NODE = recommendedNode(ROOT);
const execute = promisify(execFile);

let folder: string;

beforeAll(async () => {
  build();
  await execute(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-b", "."], { cwd: ROOT });
  folder = temporaryFolder("node");
});

/** What the platform's stacks are, by path, as a Node synthesizes them. */
async function synthesize(node: string, name: string): Promise<Readonly<Record<string, string>>> {
  const output = join(folder, name);
  // The packages are found from the script's folder; what it writes goes to the other.
  const env = { PATH: process.env.PATH, HOME: folder, CDKTF_OUTDIR: output };
  await execute(node, [join(ROOT, "dist/main.js")], { cwd: ROOT, env });
  const files = readdirSync(output, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".tf.json"),
  );
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(output, file), "utf8")]));
}

/** Runs jest by the recommended Node; what came of the tests. */
async function runTests(...args: readonly string[]) {
  const report = join(folder, "report.json");
  const jest = join(ROOT, "node_modules/jest/bin/jest.js");
  // What they cost is this suite's.
  const { GROUNDPLAN_TEST_COSTS: _, ...env } = process.env;
  const printed = await execute(NODE, [jest, "--json", "--outputFile", report, "--maxWorkers=2", ...args], {
    cwd: ROOT,
    env,
    maxBuffer: 1e8,
  }).then(
    () => "",
    ({ stderr }: { stderr: string }) => stderr,
  );
  const {
    success,
    numPassedTests: passed,
    numFailedTests: failed,
  } = JSON.parse(readFileSync(report, "utf8"));
  return { success, passed, failed, printed };
}

test("the Node that the README recommends is the one that is tested", async () => {
  const [, recommended] = /You need Node (\d+) /.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
  expect((await execute(NODE, ["--version"])).stdout).toMatch(new RegExp(`^v${recommended}\\.`));
});

test("every stack is the same as by this Node", async () => {
  const [mine, other] = await Promise.all([synthesize(process.execPath, "mine"), synthesize(NODE, "other")]);
  expect(Object.keys(mine).length).toBeGreaterThan(10);
  expect(other).toEqual(mine);
});

test("the command line answers", async () => {
  expect((await execute(NODE, [BIN, "plan", "--help"], { cwd: folder })).stdout).toContain(
    "Usage: groundplan plan",
  );
});

test("plans and reports pass their unit tests", async () => {
  expect(await runTests("test/cli/plan/", "test/cli/report/", "--selectProjects", "unit")).toEqual({
    success: true,
    passed: expect.any(Number),
    failed: 0,
    printed: "",
  });
});

test("planted fault: a test that fails there is seen, and it is that Node which runs them", async () => {
  const tests = join(folder, "tests");
  mkdirSync(tests);
  writeFileSync(
    join(tests, "one.test.js"),
    `test("by Node 24", () => expect(process.versions.node).toMatch(/^24[.]/));
test("fails", () => expect(1).toBe(2));\n`,
  );
  expect(await runTests("--rootDir", tests, "--config", "{}")).toMatchObject({
    success: false,
    passed: 1,
    failed: 1,
    printed: expect.stringContaining("✕ fails"),
  });
});
