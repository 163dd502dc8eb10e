import { nextSteps } from "../../../cli/apply/next";
import type { AppliedStack, ApplyStatus } from "../../../cli/apply/result";

const stack = (name: string, status: ApplyStatus, digest?: string): AppliedStack => ({
  name,
  unit: name,
  dependencies: [],
  status,
  seconds: 1,
  files: {},
  ...(digest ? { digest } : {}),
});

const steps = (...stacks: readonly AppliedStack[]) => nextSteps({ stacks });

test("nothing is said when all is applied", () => {
  expect(steps(stack("a", "applied"), stack("b", "unchanged"))).toEqual([]);
  expect(steps()).toEqual([]);
});

test.each(["failed", "interrupted", "skipped", "waiting"] as const)("%s: run it again", (status) => {
  expect(steps(stack("a", "applied"), stack("b", status))).toEqual([
    "1 of 2 stacks are not applied; run it again to do what is left.",
  ]);
});

test("what was refused has to be planned and reviewed again: another run is refused, too", () => {
  const said = steps(stack("a", "applied"), stack("site", "refused", "0123456789ab"));

  expect(said).toEqual([
    "1 of 2 stacks are not applied:",
    "  site: plan again and have that plan reviewed, then apply it; the same plan is refused again",
  ]);
  expect(said.join()).not.toContain("run it again");
});

test("what awaits an approval is named with the flag that gives it", () => {
  expect(
    steps(
      stack("a", "awaiting-approval", "0123456789ab"),
      stack("b", "awaiting-approval", "ba9876543210"),
    ).at(-1),
  ).toBe("  a, b: read the plan, then run it again with --approve a=0123456789ab --approve b=ba9876543210");
});

test("of several, each gets what is right for it", () => {
  expect(
    steps(
      stack("site", "refused"),
      stack("cluster", "awaiting-approval", "0123456789ab"),
      stack("addons", "deferred"),
      stack("api", "skipped"),
      stack("images", "failed"),
    ),
  ).toEqual([
    "5 of 5 stacks are not applied:",
    "  site: plan again and have that plan reviewed, then apply it; the same plan is refused again",
    "  cluster: read the plan, then run it again with --approve cluster=0123456789ab",
    "  addons: deploy first what is read, then run it again",
    "  api, images: run it again after that, to do what is left",
  ]);
});
