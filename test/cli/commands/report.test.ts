import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, groundplan } from "../groundplan";
import { planned, realPlan, runOf, SECRETS } from "../report/runs";

let folder: string;
beforeAll(() => {
  build();
  folder = mkdtempSync(join(tmpdir(), "groundplan-report-"));
  mkdirSync(join(folder, "plan", "stacks", "dev-api"), { recursive: true });
  writeFileSync(join(folder, "plan", "summary.json"), JSON.stringify(runOf([planned("dev-api")])));
  writeFileSync(
    join(folder, "plan", "stacks", "dev-api", "plan.json"),
    JSON.stringify(realPlan("everything")),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const report = (...args: string[]) => groundplan(["report", ...args], { cwd: folder });

test.each([
  ["terminal", "kms-key-deletion  aws_kms_key.data in dev-api"],
  ["markdown", "- 🔴 **kms-key-deletion** `aws_kms_key.data` in `dev-api`"],
  ["json", '"format": "groundplan.report"'],
  ["sarif", '"version": "2.1.0"'],
])("--format %s, without a secret", async (format, text) => {
  const { code, stdout, stderr } = await report("plan", "--format", format);

  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toContain(text);
  for (const secret of SECRETS) expect(stdout).not.toContain(secret);
});

test("summary is added to the job's, and refused where there is no job", async () => {
  const summary = join(folder, "summary.md");
  writeFileSync(summary, "before\n");

  const options = { cwd: folder, env: { GITHUB_STEP_SUMMARY: summary } };
  expect((await groundplan(["report", "plan", "-f", "summary"], options)).code).toBe(0);
  expect(readFileSync(summary, "utf8")).toMatch(/^before\n## ⚠️ Plan: /);

  const { code, stderr } = await report("plan", "-f", "summary");
  expect(code).toBe(2);
  expect(stderr).toContain("name a file with --out");
});

test("a summary that names a file outside of its directory is refused", async () => {
  mkdirSync(join(folder, "bad"));
  const stack = planned("dev-api", { files: { json: "../plan/stacks/dev-api/plan.json" } });
  writeFileSync(join(folder, "bad", "summary.json"), JSON.stringify(runOf([stack])));

  const { code, stderr } = await report("bad");

  expect(code).toBe(2);
  expect(stderr).toContain("names a file outside of its directory");
});

test.each([
  [["none"], "plan first: npx groundplan plan"],
  [["plan", "--format", "html"], "Allowed choices are terminal, markdown, json, sarif, summary"],
  [["plan", "--out", "nowhere/x.md"], "make it first, or name a file in"],
  [["plan", "--limit", "10"], "use a whole number, 4000 or more"],
])("%j is refused", async (args, hint) => {
  const { code, stderr } = await report(...args);

  expect(code).toBe(2);
  expect(stderr).toContain(hint);
});

test("below the project's folder its plan is read, and a path that is given is one from here", async () => {
  const project = join(folder, "project");
  const below = join(project, "stacks", "deep");
  mkdirSync(below, { recursive: true });
  writeFileSync(join(project, "cdktf.json"), '{ "app": "node main.js" }');
  cpSync(join(folder, "plan"), join(project, ".groundplan", "plan"), { recursive: true });
  const json = ["report", "--format", "json"];

  const { code, stdout } = await groundplan(json, { cwd: below });
  const given = await groundplan([...json, ".groundplan/plan"], { cwd: below });
  const found = await groundplan([...json, "../../.groundplan/plan"], { cwd: below });

  expect(code).toBe(0);
  expect(stdout).toContain('"format": "groundplan.report"');
  expect(given).toMatchObject({ code: 2, stderr: expect.stringContaining("cannot read .groundplan/plan") });
  expect(found.stdout).toBe(stdout);
});
