import { PLAN_FORMAT, PLAN_VERSION } from "../plan/result";
import { splitName } from "../project/environment";
import type { Stack } from "../project/project";
import { markdown } from "../report/markdown";
import type { PlanJson } from "../report/plan-json";
import { reportOf } from "../report/report";
import { failureOf } from "../terraform/failure";
import { run } from "../terraform/run";

/** The plan that cdktf has saved in a stack's folder. */
export interface DemoPlan {
  readonly stack: string;
  readonly json: PlanJson;
}

/** Reads the plan that cdktf has saved. */
export async function readPlan(stack: Stack, terraform: string): Promise<DemoPlan> {
  const ended = await run(terraform, ["show", "-json", "plan"], { cwd: stack.folder });
  if (ended.exitCode !== 0) throw failureOf(`${stack.name}: reading the plan`, ended.all, stack.folder);
  return { stack: stack.name, json: JSON.parse(ended.stdout) as PlanJson };
}

/** Number of resources and outputs that plans change. */
export function changesOf(plans: readonly DemoPlan[]): number {
  return demoReport(plans).stacks.reduce((sum, { changes }) => sum + changes.length, 0);
}

/** Plans as the comment on a pull request begins: the verdict, risks and the table. */
export function planPage(plans: readonly DemoPlan[]): string {
  return markdown(demoReport(plans), { diffs: false }).trimEnd();
}

function demoReport(plans: readonly DemoPlan[]) {
  const stacks = plans.map(({ stack }) => ({
    name: stack,
    ...splitName(stack),
    dependencies: [],
    status: "changed" as const,
    seconds: 0,
    files: {},
  }));
  const byName = new Map(plans.map(({ stack, json }) => [stack, json]));
  return reportOf(
    {
      format: PLAN_FORMAT,
      version: PLAN_VERSION,
      groundplan: "",
      terraform: "",
      app: ".",
      modified: false,
      started: "",
      seconds: 0,
      scope: { kind: "all" },
      outcome: "complete",
      stacks,
      left: [],
      removed: [],
    },
    (name) => byName.get(name),
  );
}
