import { availableParallelism } from "node:os";
import { join } from "node:path";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { planAll } from "../plan/plan";
import type { PlanJson } from "../plan/plan-json";
import { PLAN_FORMAT, PLAN_VERSION, RESULT_FOLDER } from "../plan/result";
import { interrupted } from "../process/interrupts";
import type { Progress } from "../progress/tasks";
import { nameOf, type StackName } from "../project/environment";
import { type Project, readStacks } from "../project/project";
import { readSettings } from "../project/settings";
import { markdown } from "../report/markdown";
import { reportOf } from "../report/report";
import type { Binary } from "../terraform/binary";
import { terraformEnvironment } from "../terraform/stack";

/** The plan of a stack. */
export interface DemoPlan extends StackName {
  readonly stack: string;
  readonly json: PlanJson;
}

/** Plans stacks as `groundplan plan` does, and leaves the result where it does. @throws CliError when one cannot be planned. */
export async function planStacks(
  project: Project,
  terraform: Binary,
  names: readonly string[],
  progress: Progress,
): Promise<readonly DemoPlan[]> {
  const mask = readSettings(project).mask ?? [];
  const { plans } = await planAll({
    setting: { project, terraform, env: terraformEnvironment(project), lockTimeout: "120s", mask },
    stacks: readStacks(project),
    names,
    scope: { kind: "named", names },
    concurrency: Math.max(2, availableParallelism()),
    result: join(project.root, RESULT_FOLDER),
    shareProvider: true,
    line: (stack) => {
      const tell = (text: string) => progress(`${stack}: ${text}`);
      return { begin: tell, progress: tell, end: (_, result) => tell(result) };
    },
  });
  if (interrupted.aborted) throw new Interrupted();
  return names.map((stack) => {
    const { document, planned, error } = plans.get(stack) ?? {};
    if (document && planned) {
      return { stack, ...nameOf(planned), json: document as PlanJson };
    }
    throw error ?? new CliError(EXIT.FAILED, `${stack} is not planned`, planned?.deferred?.message ?? "");
  });
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
  const stacks = plans.map((plan) => ({
    name: plan.stack,
    ...nameOf({ ...plan, name: plan.stack }),
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
