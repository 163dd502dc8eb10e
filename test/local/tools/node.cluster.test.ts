import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GO_ENVIRONMENT } from "../../../local/cluster/tools";
import { runProgram } from "../../program";
import { temporaryFolder } from "../../temporary-folder";

const TOOLS = join(__dirname, "..", "..", "..", "local", "tools");

/** Go's own tests, with the flags of the build, so that nothing is compiled twice. */
const goTest = (cwd: string) =>
  runProgram("go", ["test", "-trimpath", "-count=1", "./node"], { cwd, environment: GO_ENVIRONMENT });

test("the program of a node passes its own tests: names, tokens of ECR, Services, the pause image", async () => {
  const { code, output } = await goTest(TOOLS);
  expect(output).toMatch(/^ok\s+\S+\/tools\/node\s/m);
  expect(code).toBe(0);
});

test("a planted fault is found: a token for any registry", async () => {
  const folder = temporaryFolder("go-tools");
  for (const one of ["go.mod", "go.sum", "node"]) {
    cpSync(join(TOOLS, one), join(folder, one), { recursive: true });
  }
  const file = join(folder, "node", "credentials.go");
  const text = readFileSync(file, "utf8");
  const open = text.replace("`^(\\d{12})", "`(\\d{12})");
  expect(open).not.toBe(text);
  writeFileSync(file, open);
  const { code, output } = await goTest(folder);
  expect(output).toContain("--- FAIL: TestGivesNothingToOtherRegistries");
  expect(code).not.toBe(0);
});
