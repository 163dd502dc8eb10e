import type { PlannedStack, PlanRun } from "../../../cli/plan/result";
import { ofEnvironments } from "../../../cli/report/environments";

const stack = (name: string, environment?: string): PlannedStack => ({
  name,
  ...(environment === undefined ? {} : { environment }),
  unit: name,
  dependencies: [],
  status: "failed",
  seconds: 0,
  files: {},
});

const RUN: PlanRun = {
  format: "groundplan.plan",
  version: 1,
  groundplan: "0.1.0",
  terraform: "Terraform 1.11.4",
  app: ".",
  modified: false,
  started: "2026-11-29T10:00:00.000Z",
  seconds: 1,
  scope: { kind: "all" },
  outcome: "complete",
  stacks: [stack("dev-a", "dev"), stack("prod-a", "prod"), stack("state")],
  left: [],
  removed: [{ name: "prod-b", environment: "prod", unit: "b", resources: [] }],
};

test("the stacks of the environments remain, and the others count as out of scope", () => {
  const run = ofEnvironments(RUN, ["dev"]);

  expect(run.stacks.map(({ name }) => name)).toEqual(["dev-a"]);
  expect(run.left).toEqual(["prod-a", "state"]);
  expect(run.removed).toEqual([]);
});

test("without environments the run stays as it is", () => expect(ofEnvironments(RUN, undefined)).toBe(RUN));

test("an environment that the plan has no stack of is refused", () => {
  expect(() => ofEnvironments(RUN, ["prdo"])).toThrow(
    'the plan has no environment "prdo"\n  did you mean prod?\n  use one of dev, prod',
  );
});

test("a run that came to no stack says why, whatever is asked for", () => {
  const failed = { ...RUN, outcome: "failed", stacks: [], removed: [] } as const;

  expect(ofEnvironments(failed, ["dev"])).toBe(failed);
});
