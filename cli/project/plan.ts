import { failureOf } from "../terraform/failure";
import { run } from "../terraform/run";
import type { Stack } from "./project";

/** What a plan does to one resource. */
export interface ResourceChange {
  readonly address: string;
  readonly type: string;
  readonly action: "create" | "update" | "delete" | "replace";
}

/** The plan that cdktf saves in a stack's folder, read by `terraform show -json`. */
export interface PlanSummary {
  readonly stack: string;
  readonly changes: readonly ResourceChange[];
  readonly outputsChange: boolean;
}

interface PlanJson {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly string[] }>>;
}

/** Reads the saved plan of a stack. */
export async function readPlan(
  stack: Stack,
  terraform: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PlanSummary> {
  const ended = await run(terraform, ["show", "-json", "plan"], { cwd: stack.folder, env });
  if (ended.exitCode !== 0) throw failureOf(`${stack.name}: reading the plan`, ended.all, stack.folder);
  return summarize(stack.name, JSON.parse(ended.stdout) as PlanJson);
}

/** The changes of a plan, without reads and no-ops. */
export function summarize(stack: string, plan: PlanJson): PlanSummary {
  const changes = (plan.resource_changes ?? []).flatMap(({ address, type, change }): ResourceChange[] => {
    const action = actionOf(change.actions);
    return action ? [{ address, type, action }] : [];
  });
  const outputsChange = Object.values(plan.output_changes ?? {}).some(
    ({ actions }) => actions[0] !== "no-op",
  );
  return { stack, changes, outputsChange };
}

/**
 * A plan's list of actions in one word; undefined for a read or no change.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#change-representation
 */
function actionOf(actions: readonly string[]): ResourceChange["action"] | undefined {
  const deletes = actions.includes("delete") || actions.includes("forget");
  if (actions.includes("create")) return deletes ? "replace" : "create";
  if (deletes) return "delete";
  return actions.includes("update") ? "update" : undefined;
}

/** Plans as a table in Markdown, as a comment on a pull request shows it: a row a stack, then what is lost. */
export function planTable(plans: readonly PlanSummary[]): string {
  const count = (plan: PlanSummary, action: ResourceChange["action"]) =>
    plan.changes.filter((change) => change.action === action).length;
  const rows = plans.map((plan) => {
    const cells = (["create", "update", "replace", "delete"] as const).map(
      (action) => count(plan, action) || "",
    );
    return `| ${[plan.stack, ...cells].join(" | ")} |`;
  });
  const lost = plans.flatMap((plan) =>
    plan.changes
      .filter(({ action }) => action === "delete" || action === "replace")
      .map((change) => `- ${change.action} \`${change.address}\` in ${plan.stack}`),
  );
  return [
    "| stack | + | ~ | ± | − |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    ...(lost.length > 0 ? ["Deletes or replaces:", ...lost] : ["Nothing is deleted or replaced."]),
  ].join("\n");
}
