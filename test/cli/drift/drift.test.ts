import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addDrift } from "../../../cli/commands/drift";
import type { PlanJson } from "../../../cli/plan/plan-json";
import { GitHub } from "../../github/server";
import { temporaryFolder } from "../../temporary-folder";
import { inProcess } from "../in-process";
import { planned, realPlan, runOf, SECRETS } from "../report/runs";

let github: GitHub;
let folder: string;
beforeEach(async () => {
  github = await GitHub.start();
  folder = temporaryFolder("drift");
});
afterEach(async () => {
  await github.stop();
  rmSync(folder, { recursive: true });
  process.exitCode = undefined;
  expect(github.violations).toEqual([]);
});

/** What a run found: a plan for each stack, or that it failed. */
function plans(all: Readonly<Record<string, PlanJson | "failed">>): void {
  const stacks = Object.entries(all).map(([name, json]) => {
    if (json === "failed") {
      return planned(name, {
        status: "failed",
        files: {},
        error: { phase: "plan", message: "no rights", addresses: [] },
      });
    }
    mkdirSync(join(folder, "stacks", name), { recursive: true });
    writeFileSync(join(folder, "stacks", name, "plan.json"), JSON.stringify(json));
    return planned(name);
  });
  writeFileSync(join(folder, "summary.json"), JSON.stringify(runOf(stacks)));
}

/** The variables of a scheduled run. */
function schedule(run: number): Record<string, string> {
  const file = join(folder, "event.json");
  writeFileSync(file, JSON.stringify({ schedule: "0 5 * * *" }));
  return {
    ...github.environment(),
    GITHUB_EVENT_NAME: "schedule",
    GITHUB_EVENT_PATH: file,
    GITHUB_RUN_ID: String(9000 + run),
    GITHUB_RUN_NUMBER: String(run),
    GITHUB_RUN_ATTEMPT: "1",
  };
}

const drift = (run: number, ...args: string[]) =>
  inProcess(addDrift, ["drift", "--from", folder, "--issues", ...args], schedule(run));

const issues = () => github.repository.issues.map(({ title, state }) => `${title}: ${state}`);

test("one issue for each environment that has drifted, updated, and closed when the drift is gone", async () => {
  plans({
    "dev-api": realPlan("refresh-only"),
    "dev-web": {},
    "prod-api": {},
    "staging-api": realPlan("refresh-only"),
  });
  const first = await drift(1);
  expect(first.stdout).toContain("dev: 1 resource differs from the state  issue opened: https:");
  expect(first.stdout).toContain("  dev-api  aws_sqs_queue.drifting was changed\n");
  expect(first.stdout).toContain("prod: No drift\n");
  expect(issues()).toEqual(["Drift in dev: open", "Drift in staging: open"]);
  const [dev] = github.repository.issues;
  expect(dev?.labels).toEqual(["drift"]);
  expect(dev?.body).toContain("## ⚠️ Drift: 1 resource differs from the state");
  expect(dev?.body).toContain("-   visibility_timeout_seconds = 30\n+   visibility_timeout_seconds = 99");
  for (const secret of SECRETS) expect(dev?.body).not.toContain(secret);

  // It leads to the newest run, which has the plan.
  expect((await drift(2)).stdout).toContain("dev: 1 resource differs from the state  issue updated:");
  expect(dev?.body).toContain("actions/runs/9002");

  plans({
    "dev-api": realPlan("refresh-only"),
    "dev-web": realPlan("refresh-only"),
    "prod-api": {},
    "staging-api": {},
  });
  const third = await drift(3);
  expect(third.stdout).toContain("issue updated:");
  expect(third.stdout).toContain("issue closed:");
  expect(issues()).toEqual(["Drift in dev: open", "Drift in staging: closed"]);

  // When it comes back, it is another one: the closed issue is the story of the first.
  plans({ "dev-api": realPlan("refresh-only"), "staging-api": realPlan("refresh-only") });
  await drift(4);
  expect(issues()).toEqual(["Drift in dev: open", "Drift in staging: closed", "Drift in staging: open"]);
});

test("the issue of an environment that is no longer in the code is closed, by a run that saw all stacks", async () => {
  plans({ "dev-api": realPlan("refresh-only"), "old-api": realPlan("refresh-only") });
  await drift(1);
  plans({ "dev-api": realPlan("refresh-only") });
  const summary = join(folder, "summary.json");
  const run = JSON.parse(readFileSync(summary, "utf8")) as object;
  writeFileSync(summary, JSON.stringify({ ...run, scope: { kind: "named", names: ["dev-*"] } }));

  await drift(2);
  expect(issues()).toEqual(["Drift in dev: open", "Drift in old: open"]);

  writeFileSync(summary, JSON.stringify(run));
  const { stdout } = await drift(3);

  expect(stdout).toContain("old: no longer in the code  issue closed: https:");
  expect(issues()).toEqual(["Drift in dev: open", "Drift in old: closed"]);
  expect(github.repository.issues[1]?.body).toContain("The environment is no longer in the code.");
});

test("what could not be checked closes nothing, opens nothing, and fails the run", async () => {
  plans({ "dev-api": realPlan("refresh-only") });
  await drift(1);
  plans({ "dev-api": "failed", "prod-api": "failed" });

  const { stdout } = await drift(2);

  expect(process.exitCode).toBe(1);
  expect(stdout).toContain("dev: No drift, 1 stack could not be checked  issue updated:");
  expect(issues()).toEqual(["Drift in dev: open"]);
  expect(github.repository.issues[0]?.body).toContain("**`dev-api` failed** (plan)");
});

test("a stack that could not be checked fails the run beside one that has drifted, too", async () => {
  plans({ "dev-api": realPlan("refresh-only"), "dev-web": "failed" });
  await drift(1);
  expect(process.exitCode).toBe(1);
  // As terraform's, and as that of a plan: a failure comes before what was found.
  await drift(2, "--detailed-exitcode");
  expect(process.exitCode).toBe(1);
  expect(issues()).toEqual(["Drift in dev: open"]);
});

test("an issue of somebody else with our marker is left alone, and so is a newer run's", async () => {
  plans({ "dev-api": realPlan("refresh-only") });
  await drift(5);
  const [ours] = github.repository.issues;
  const ada = { login: "ada", type: "User", writes: true } as const;
  if (ours) github.repository.issues.push({ ...ours, number: 1, author: ada });
  plans({ "dev-api": {} });

  expect((await drift(4)).stdout).toContain("issue skipped:");
  expect((await drift(6)).stdout).toContain("issue closed:");
  expect(github.repository.issues.map(({ author, state }) => `${author.login} ${state}`)).toEqual([
    "github-actions[bot] closed",
    "ada open",
  ]);
});

test("a lost answer makes no second issue", async () => {
  plans({ "dev-api": realPlan("refresh-only") });
  github.fail({ method: "post", status: 502, times: 1, carriedOut: true });

  await drift(1);

  expect(issues().sort()).toEqual(["Drift in dev: closed", "Drift in dev: open"]);
});

test("without --issues nothing is written; drift is exit code 2 when asked for", async () => {
  plans({ "dev-api": realPlan("refresh-only") });

  const { code } = await inProcess(addDrift, ["drift", "--from", folder, "--detailed-exitcode"], {});

  expect([code, process.exitCode]).toEqual([0, 2]);
  expect(github.calls).toEqual([]);
});
