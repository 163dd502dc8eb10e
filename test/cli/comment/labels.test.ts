import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addComment } from "../../../cli/commands/comment";
import { labelName, labelsOf } from "../../../cli/comment/labels";
import type { PlanJson } from "../../../cli/plan/plan-json";
import type { PlanRun } from "../../../cli/plan/result";
import { reportOf } from "../../../cli/report/report";
import { GitHub } from "../../github/server";
import { temporaryFolder } from "../../temporary-folder";
import type { Run } from "../groundplan";
import { inProcess } from "../in-process";
import { planned, realPlan, resource, runOf } from "../report/runs";

const HEAD = "a".repeat(40);
const OURS = "github-actions[bot]";
const NOTHING = { format_version: "1.2" } as PlanJson;
const DELETES = {
  ...NOTHING,
  resource_changes: [resource("aws_s3_bucket.b", ["delete"], {}, null)],
} as PlanJson;

let github: GitHub;
let folder: string;
beforeEach(async () => {
  github = await GitHub.start();
  github.repository.pull(7, HEAD);
  folder = temporaryFolder("labels");
});
afterEach(async () => {
  await github.stop();
  rmSync(folder, { recursive: true });
  expect(github.violations).toEqual([]);
});

/** Comments what a run has planned. */
function comment(json: PlanJson, more: Partial<PlanRun> = {}, ...args: string[]): Promise<Run> {
  mkdirSync(join(folder, "stacks", "dev-api"), { recursive: true });
  const status = json.resource_changes ? "changed" : "unchanged";
  const run = runOf([planned("dev-api", { status })], { app: ".", commit: HEAD, ...more });
  writeFileSync(join(folder, "summary.json"), JSON.stringify(run));
  writeFileSync(join(folder, "stacks", "dev-api", "plan.json"), JSON.stringify(json));
  return inProcess(addComment, ["comment", folder, "--pull", "7", "--labels", ...args], github.environment());
}

const labels = () => github.repository.labelsOf(7);

test("a pull request has the labels of its plan, made with colour and description, and loses its old ones", async () => {
  github.repository.label(7, "plan: destroys", OURS);
  const { stdout } = await comment(NOTHING);
  expect(stdout).toContain("Label added: plan: no changes\nLabel removed: plan: destroys");
  expect(labels()).toEqual(["plan: no changes"]);
  expect(github.repository.labels).toEqual([
    { name: "plan: no changes", color: "0e8a16", description: "The plan changes nothing" },
  ]);
});

test("nothing is sent where the labels are as they are to be", async () => {
  github.repository.label(7, "plan: no changes", OURS);
  await comment(NOTHING);
  expect(github.calls.filter((call) => /label|events/.test(call))).toEqual([
    "get /repos/{owner}/{repo}/issues/{issue_number}/labels",
  ]);
});

test("a label that a person has added stays, also when it was ours before", async () => {
  github.repository.label(7, "plan: no changes", OURS);
  github.repository.label(7, "plan: destroys", OURS);
  for (const event of ["unlabeled", "labeled"] as const)
    github.repository.label(7, "plan: destroys", "ada", event);
  for (const name of ["plan: risks", "bug"]) github.repository.label(7, name, "ada");
  await comment(NOTHING);
  expect(labels()).toEqual(["plan: no changes", "plan: destroys", "plan: risks", "bug"]);
});

test("who has added a label is found over all pages of events", async () => {
  github.repository.label(7, "plan: no changes", OURS);
  github.repository.label(7, "plan: destroys", "ada");
  for (let at = 0; at < 120; at += 1) github.repository.label(7, `l${at}`, "ada", "unlabeled");
  for (const event of ["unlabeled", "labeled"] as const)
    github.repository.label(7, "plan: destroys", OURS, event);
  await comment(NOTHING);
  expect(labels()).toEqual(["plan: no changes"]);
});

test("an old run labels nothing, and neither does a fork's report", async () => {
  const [pull] = github.repository.pulls;
  if (pull) pull.head = "b".repeat(40);
  await comment(DELETES);
  expect(labels()).toEqual([]);
  await expect(comment(DELETES, {}, "--fork-report", "x.json")).rejects.toThrow(/--fork-report/);
});

test("a token that may not write says which permission is missing", async () => {
  github.fail({ method: "post", status: 403, message: "Resource not accessible by integration", times: 9 });
  const { code, stderr } = await comment(NOTHING);
  expect(code).toBe(1);
  expect(stderr).toMatch(/the labels of pull request 7: GitHub answers 403\n[\s\S]*pull-requests: write/);
});

describe("what a plan in part says", () => {
  const report = (more: Partial<PlanRun>, json?: PlanJson) =>
    reportOf(runOf([planned("dev-api", { status: "unchanged" })], more), () => json);

  test("takes no danger away, and is never no changes", () => {
    expect(labelsOf(report({ outcome: "interrupted" }, NOTHING))).toEqual({
      wanted: [],
      unwanted: ["no changes"],
    });
    expect(labelsOf(report({}, NOTHING))).toEqual({
      wanted: ["no changes"],
      unwanted: ["destroys", "risks"],
    });
  });

  test("of everything, all that it has", () => {
    const all = reportOf(runOf([planned("dev-api", { status: "changed" })]), () => realPlan("everything"));
    expect(labelsOf(all).wanted).toContain("destroys");
    expect(labelsOf(all).unwanted).toContain("no changes");
  });
});

test.each([
  [".", "plan: no changes"],
  ["apps/network", "plan apps/network: no changes"],
  ["a/very/long/folder/of/an/app/in/a/repository", "plan …folder/of/an/app/in/a/repository: no changes"],
])("the label of the app %s is %s", (app, name) => {
  expect(labelName("no changes", app)).toBe(name);
  expect(labelName("no changes", app).length).toBeLessThanOrEqual(50);
});
