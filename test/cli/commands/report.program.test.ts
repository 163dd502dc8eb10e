import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../temporary-folder";
import { BIN, build, groundplan } from "../groundplan";
import { planned, realPlan, runOf, SECRETS } from "../report/runs";

let folder: string;
beforeAll(() => {
  build();
  folder = temporaryFolder("report");
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
  ["html", '"address":"aws_kms_key.data"'],
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
  [["plan", "--format", "pdf"], "Allowed choices are terminal, markdown, html, json, sarif, summary"],
  [["plan", "--format", "json", "--open"], "leave out --format"],
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

describe("plans in Terraform's JSON", () => {
  const write = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  const raw = () => ({ format_version: "1.2", ...realPlan("everything") });

  test("are reported by their files' names, without a secret", async () => {
    write("prod-api.tfplan.json", raw());
    const { code, stdout, stderr } = await report("prod-api.tfplan.json", "--format", "markdown");
    expect([stderr, code]).toEqual(["", 0]);
    expect(stdout).toContain("kms-key-deletion");
    expect(stdout).toContain("in `prod-api`");
    for (const secret of SECRETS) expect(stdout).not.toContain(secret);
  });

  test("several are one report, each under its name", async () => {
    write("a.json", raw());
    const { stdout } = await report("dev-api=a.json", "prod-api=a.json", "--format", "json");
    expect((JSON.parse(stdout) as { groups: unknown }).groups).toEqual([["dev-api", "prod-api"]]);
  });

  test("the standard input is one", () => {
    const input = JSON.stringify(raw());
    const { status, stdout } = spawnSync(process.execPath, [BIN, "report", "-"], {
      cwd: folder,
      input,
      encoding: "utf8",
    });
    expect([status, stdout.split("\n")[0]]).toEqual([0, expect.stringMatching(/^1 stack will change, /)]);
  });

  test.each([
    [["none.json"], {}, "none.json is not a plan in Terraform's JSON: it has no format_version"],
    [["none.json"], "{", "none.json is not a plan in Terraform's JSON: it is not JSON"],
    [["a=none.json", "a=none.json"], { format_version: "1.2" }, "two plans are named a"],
    [["plan", "none.json"], { format_version: "1.2" }, "make no report together"],
  ])("%j of %j is refused", async (args, content, reason) => {
    write("none.json", content);
    const { code, stderr } = await report(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});

describe("results of several runs", () => {
  const result = (name: string, stack: string, more: object = {}) => {
    mkdirSync(join(folder, name, "stacks", stack), { recursive: true });
    const run = runOf([planned(stack, { files: { json: `stacks/${stack}/plan.json` } })]);
    writeFileSync(join(folder, name, "summary.json"), JSON.stringify({ ...run, ...more }));
    writeFileSync(join(folder, name, "stacks", stack, "plan.json"), JSON.stringify(realPlan("everything")));
  };

  test("are one report", async () => {
    result("one", "dev-api", { left: ["prod-api", "dev-network"] });
    result("two", "prod-api", { left: ["dev-api", "dev-network"], outcome: "interrupted" });
    const { stdout } = await report("one", "two", "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      left: 1,
      outcome: "interrupted",
      stacks: [{ name: "dev-api" }, { name: "prod-api" }],
    });
  });

  test.each([
    ["twice the same stack", "dev-api", {}, "two runs planned dev-api"],
    ["another commit", "prod-api", { commit: "b".repeat(40) }, "the runs are of different commits"],
    ["another app", "prod-api", { app: "other" }, "the runs are of different apps"],
  ])("of %s are refused", async (_, stack, more, reason) => {
    result("one", "dev-api");
    result("three", stack, more);
    const { code, stderr } = await report("one", "three");
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});

test("--open writes the page, and opens it", async () => {
  const programs = join(folder, "programs");
  mkdirSync(programs);
  for (const name of ["xdg-open", "open"])
    writeFileSync(join(programs, name), `#!/bin/sh\ncp "$1" "${folder}/opened.html"\n`, { mode: 0o755 });
  const env = { PATH: `${programs}:${process.env.PATH}` };

  const { code, stdout } = await groundplan(["report", "plan", "--open"], { cwd: folder, env });

  const page = readFileSync(join(folder, ".groundplan", "report.html"), "utf8");
  expect([code, stdout]).toEqual([
    0,
    `The page is ${join(realpathSync(folder), ".groundplan", "report.html")}\n`,
  ]);
  expect(readFileSync(join(folder, "opened.html"), "utf8")).toBe(page);
  expect((await report("plan", "--format", "html")).stdout).toBe(page);
});
