import { ofEnvironments } from "../../../cli/report/environments";
import { planned, runOf } from "./runs";

const RUN = runOf([planned("dev-a"), planned("prod-a"), planned("state")], {
  removed: [{ name: "prod-b", environment: "prod", unit: "b", resources: [] }],
});

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
