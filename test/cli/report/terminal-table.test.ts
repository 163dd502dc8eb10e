import type { PlannedStack } from "../../../cli/plan/result";
import { reportOf } from "../../../cli/report/report";
import { terminalTable } from "../../../cli/report/terminal-table";
import { planned, realPlan, resource, runOf } from "./runs";

const create = { resource_changes: [resource("aws_x.a", ["create"], null, { a: 1 })] };

const table = (stacks: readonly PlannedStack[], columns?: number) =>
  terminalTable(
    reportOf(runOf(stacks), (name) =>
      name.endsWith("-bad")
        ? undefined
        : name.endsWith("-same")
          ? {}
          : name.endsWith("-large")
            ? realPlan("everything")
            : create,
    ),
    columns,
  ).join("\n");

test("several environments are columns", () => {
  const several = table([planned("dev-a"), planned("prod-a"), planned("prod-same")], 80);
  for (const line of several.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(several).toMatch(/^\nstack +dev +prod\na +\+1 +\+1\nsame +·\ntotal +\+1 +\+1\n/);
});

test("of one environment, and of one stack, the actions are", () => {
  const error = { phase: "plan", message: "no", addresses: [] } as const;
  expect(
    table([planned("dev-a"), planned("dev-same"), planned("dev-bad", { status: "failed", error })], 80),
  ).toBe(`
stack     create
dev-a          1
dev-same       ·  no changes
dev-bad        ·  failed`);
  expect(table([planned("dev-large")], 80)).toBe(`
stack      create  update  replace  delete
dev-large       2       8        2       2  import 1 move 1 forget 1 drift 1
                                            outputs 2`);
  expect(table([planned("dev-same")], 80)).toBe("\nstack\ndev-same  no changes");
});

test("where environments have no room side by side, so are they", () => {
  const stacks = ["dev", "staging", "prod"].map((environment) => planned(`${environment}-large`));
  expect(table(stacks, 200)).toContain("staging");
  expect(table(stacks, 80)).toMatch(/^\nstack +create +update +replace +delete\ndev-large/);
  for (const line of table(stacks, 80).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("no stack is no table", () => {
  expect(table([], 80)).toBe("");
});
