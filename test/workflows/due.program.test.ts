import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PLAN_VERSION, type PlannedStack } from "../../cli/plan/result";
import { namingOf } from "../../cli/project/naming";
import { runOf } from "../cli/report/runs";
import { temporaryFolder } from "../temporary-folder";
import { ROOT } from "./judged";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("due");
});

/** A stack of a plan; `on` is what it depends on. */
function stack(
  name: string,
  status: PlannedStack["status"],
  on: readonly string[] = [],
  drift = 0,
): PlannedStack {
  const none = { create: 0, update: 0, replace: 0, delete: 0, forget: 0, import: 0, move: 0, outputs: 0 };
  return {
    name,
    unit: name,
    ...namingOf([name]).names.get(name),
    dependencies: on,
    status,
    seconds: 1,
    files: {},
    counts: { ...none, drift },
  };
}

function write(name: string, content: unknown): string {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "summary.json"), JSON.stringify(content));
  return join(folder, name);
}

/** Looks for what is due as the action does. */
function due(planned: unknown, reviewed?: unknown, event = "push") {
  const [output, summary] = [join(folder, "output"), join(folder, "summary")];
  for (const file of [output, summary]) writeFileSync(file, "");
  const folders = [write("plan", planned), ...(reviewed === undefined ? [] : [write("reviewed", reviewed)])];
  const script = join(ROOT, ".github", "actions", "due", "due.mjs");
  const { status, stdout } = spawnSync(process.execPath, [script, ...folders], {
    encoding: "utf8",
    env: {
      ENVIRONMENTS: "dev staging prod",
      GITHUB_EVENT_NAME: event,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
    },
  });
  const [, list] = /^environments=(.*)\n$/.exec(readFileSync(output, "utf8")) ?? [];
  return { status, stdout, list: list && JSON.parse(list), summary: readFileSync(summary, "utf8") };
}

const ALL = ["dev-app", "staging-app", "prod-app"];
const reviewed = (...names: readonly string[]) => runOf(names.map((name) => stack(name, "changed")));

test("nothing differs: nobody is asked, and nothing has to be reviewed", () => {
  const found = due(runOf(ALL.map((name) => stack(name, "unchanged"))));
  expect(found).toMatchObject({ status: 0, list: [], summary: "### Nothing is to be applied\n\n" });
});

test.each(["changed", "deferred", "failed", "interrupted"] as const)(
  "a stack that is %s is something to apply, when it was reviewed",
  (status) => {
    const fresh = runOf([stack("dev-app", "unchanged"), stack("prod-app", status)]);
    expect(due(fresh, reviewed(...ALL)).list).toEqual(["prod"]);
    expect(due(fresh, reviewed("dev-app")).list).toEqual([]);
  },
);

test("the environments come in their order, those without a job are left out, and so are stacks of none", () => {
  const names = ["prod-app", "dev-app", "dev-api", "qa-app", "identity"];
  const found = due(runOf(names.map((name) => stack(name, "changed"))), reviewed(...names));
  expect(found.list).toEqual(["dev", "prod"]);
  expect(found.summary).toBe(
    "### To be applied\n\n- **dev**: `dev-app` (changed), `dev-api` (changed)\n- **prod**: `prod-app` (changed)\n\n" +
      "`qa-app` (changed): of an environment that has no job here\n",
  );
  // Those of no environment are never applied here, and that is no news.
  expect(found.stdout).toMatch(
    /^::warning title=Not applied::qa-app \(changed\): .* give it one in the workflow/m,
  );
  expect(found.stdout).not.toMatch(/^::warning.*identity/m);
});

test("an environment without a job that is as the code has it is no matter", () => {
  const found = due(runOf([stack("dev-app", "unchanged"), stack("qa-app", "unchanged")]));
  expect(found).toMatchObject({ list: [], summary: "### Nothing is to be applied\n\n" });
  expect(found.stdout).not.toContain("::warning");
});

test("what no review of this merge has is said, and nobody is asked for it", () => {
  const fresh = runOf([stack("dev-app", "changed"), stack("prod-app", "failed")]);
  const found = due(fresh, reviewed("dev-app"));
  expect(found.list).toEqual(["dev"]);
  expect(found.summary).toContain(
    "\n`prod-app` (failed): in no plan that was reviewed for this merge, and not applied by it\n",
  );
  expect(found.stdout).toMatch(
    /^::warning title=Not applied::prod-app \(failed\): .*start the workflow by hand$/m,
  );
});

test("without a review yet all that differs is named, and nothing is said that is not decided", () => {
  const found = due(runOf([stack("dev-app", "unchanged"), stack("prod-app", "changed")]));
  expect(found).toMatchObject({ list: ["prod"], summary: "" });
});

test("what reads of an earlier environment that is to be applied may change with it", () => {
  const fresh = runOf([stack("dev-app", "changed"), stack("prod-app", "unchanged", ["dev-app"])]);
  expect(due(fresh, reviewed("dev-app", "prod-app")).list).toEqual(["dev", "prod"]);
  // What stands upstream stays as it is when nothing is applied there, or when its reader was not reviewed.
  expect(due(fresh, reviewed("prod-app")).list).toEqual([]);
  expect(due(fresh, reviewed("dev-app")).list).toEqual(["dev"]);
});

test("drift alone asks nobody on a merge; by hand it is taken into the state", () => {
  const fresh = runOf([stack("dev-app", "unchanged", [], 1), stack("prod-app", "unchanged")]);
  expect(due(fresh, reviewed("dev-app")).list).toEqual([]);
  expect(due(fresh, undefined, "workflow_dispatch").list).toEqual(["dev"]);
});

test("by hand what is planned counts as reviewed, and the summary says it", () => {
  const found = due(runOf([stack("prod-app", "changed")]), undefined, "workflow_dispatch");
  expect(found.list).toEqual(["prod"]);
  expect(found.summary).toContain("- **prod**: `prod-app` (changed)");
});

test("a name cannot speak to the runner, nor break the summary", () => {
  const name = "dev-`x`\n::error::y";
  const fresh = runOf([{ ...stack("dev-x", "changed"), name }]);
  const found = due(fresh, reviewed());
  for (const { stdout } of [found, due(fresh)]) expect(stdout).not.toMatch(/^::error/m);
  expect(found.summary).toContain("`dev-?x????error??y` (changed)");
});

test.each([
  ["no plan", {}, undefined, "is not a plan's summary"],
  [
    "a plan of a later format",
    { ...runOf([]), version: PLAN_VERSION + 1 },
    undefined,
    "is not a plan's summary",
  ],
  [
    "an app that does not synthesize",
    runOf([], { outcome: "failed", failure: { message: "the app does not synthesize\n  at main.ts" } }),
    undefined,
    "nothing was planned in .*: the app does not synthesize%0A",
  ],
  [
    "a review of nothing",
    runOf([stack("dev-app", "changed")]),
    runOf([], { outcome: "interrupted" }),
    "was interrupted",
  ],
  ["no review", runOf([stack("dev-app", "changed")]), {}, "reviewed.*is not a plan's summary"],
])("%s is never nothing to do", (_, planned, review, said) => {
  const found = due(planned, review);
  expect(found).toMatchObject({ status: 1, list: undefined, summary: "" });
  expect(found.stdout).toMatch(
    new RegExp(`^::error title=What is to be applied cannot be told::.*${said}`, "m"),
  );
});
