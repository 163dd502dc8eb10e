import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../program";
import { temporaryFolder } from "../temporary-folder";

const KINDS = join(__dirname, "..", "..", "tools", "test", "kinds.mjs");

const REPORT = {
  numPassedTests: 2,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 1,
  numTodoTests: 0,
  testResults: [
    {
      assertionResults: [
        { status: "passed", fullName: "all is well" },
        { status: "pending", fullName: "dev-addons: no provider hashicorp/helm" },
      ],
    },
  ],
};

/** What the runner makes of jest's report. */
function judged(args: readonly string[], missing?: string) {
  const folder = temporaryFolder("kinds");
  try {
    const file = join(folder, "report.json");
    writeFileSync(file, JSON.stringify(REPORT));
    const call = [`"terraform"`, "0", JSON.stringify(file), JSON.stringify(args), JSON.stringify(missing)];
    const script = `import { judge } from ${JSON.stringify(KINDS)}; console.log(JSON.stringify(judge(${call.join(", ")})));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    if (stderr) throw new Error(stderr);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a test that was left out is told by its name", () => {
  expect(judged([])).toMatchObject({
    passed: 2,
    skipped: 1,
    left: ["dev-addons: no provider hashicorp/helm"],
  });
});

test("it is not where somebody chose the tests, or where the whole kind cannot run", () => {
  expect(judged(["-t", "well"]).left).toEqual([]);
  expect(judged([], "no Terraform")).toMatchObject({ left: [], note: "cannot run here" });
});

test.each([
  ["a bash of a test does not run the user's ~/.bashrc", {}, "ran\n"],
  ["planted fault: without a shell above it, it does", { SHLVL: "0" }, "loaded\nran\n"],
])("%s", async (_, environment, output) => {
  const HOME = temporaryFolder("home");
  writeFileSync(join(HOME, ".bashrc"), "echo loaded\n");
  const ended = await runProgram("bash", ["-c", "echo ran"], { environment: { ...environment, HOME } });
  expect(ended).toMatchObject({ code: 0, output });
});
