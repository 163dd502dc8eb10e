import { rmSync } from "node:fs";
import type { BoardLine } from "../console/board";
import type { Stack } from "../project/project";
import type { LentProvider, ProviderPool } from "../terraform/provider-pool";
import type { Ended } from "../terraform/run";
import { StackTerraform, type TerraformSetting } from "../terraform/stack";
import type { WorkFolder } from "../terraform/work";
import type { PlanFailure } from "./result";

/** Properties of {@link attemptPlan}. */
export interface AttemptProps {
  readonly setting: TerraformSetting;
  readonly work: WorkFolder;

  /** Looks for drift only: what the configuration would change is left out. */
  readonly refreshOnly?: boolean;

  /** Initializes a stack's folder, unless it is already. */
  readonly init: (terraform: StackTerraform) => Promise<{ readonly exitCode: number; readonly all: string }>;

  /**
   * Lends a provider that runs already.
   *
   * @default - Terraform starts its own for each command
   */
  readonly providers?: ProviderPool;
}

/** What Terraform has planned, or which of its commands failed and all that it said. */
export type Attempt =
  | { readonly failed: PlanFailure["phase"]; readonly output: string }
  | { readonly terraform: StackTerraform; readonly plan: Ended; readonly shown: Ended };

/**
 * Has Terraform plan a stack, and show what it has planned.
 *
 * A provider that is shared never is the reason why a stack fails: what may be its fault is tried again without.
 */
export async function attemptPlan(stack: Stack, line: BoardLine, props: AttemptProps): Promise<Attempt> {
  line.begin("initializing");
  const lent = await props.providers?.lend(stack);
  try {
    const attempt = await attemptWith(lent, stack, line, props);
    if (!lent || !("failed" in attempt) || !(await lent.failed(attempt.output))) return attempt;
  } finally {
    lent?.giveBack();
  }
  return attemptWith(undefined, stack, line, props);
}

async function attemptWith(
  lent: LentProvider | undefined,
  stack: Stack,
  line: BoardLine,
  { setting, work, refreshOnly, ...props }: AttemptProps,
): Promise<Attempt> {
  line.begin("initializing");
  const terraform = new StackTerraform(stack, setting, work, (text) => line.progress(text), lent);
  const init = await props.init(terraform);
  if (init.exitCode !== 0) return { failed: "init", output: init.all };
  if (!lent) props.providers?.note(stack);

  line.begin("planning");
  const plan = await terraform.plan(...(refreshOnly ? ["-refresh-only"] : []));
  const shown = plan.exitCode === 0 || plan.exitCode === 2 ? await terraform.show() : undefined;
  if (shown?.exitCode === 0) return { terraform, plan, shown };
  rmSync(terraform.planFile, { force: true });
  return shown ? { failed: "show", output: shown.all } : { failed: "plan", output: plan.all };
}
