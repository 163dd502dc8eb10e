import { withExactNumbers } from "../input/exact-numbers";
import type { Ended, Live } from "../process/run";
import type { WorkFolder } from "../process/work-folder";
import type { BoardLine } from "../progress/board";
import type { Stack } from "../project/project";
import { type LentProvider, type ProviderPool, withLentProvider } from "../terraform/provider/pool";
import { StackTerraform, type TerraformSetting } from "../terraform/stack";
import { differing } from "./drift";
import type { RawPlan } from "./raw";
import type { PlanFailure } from "./result";

/** Properties of {@link attemptPlan}. */
export interface AttemptProps {
  readonly setting: TerraformSetting;
  readonly work: WorkFolder;

  /** Looks for drift only: what the configuration would change is left out. */
  readonly refreshOnly?: boolean;

  /** Plans to destroy all that the stack has. */
  readonly destroy?: boolean;

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
 * @param mask - takes the secrets out of what Terraform printed so far, of which a line is shown.
 */
export async function attemptPlan(
  stack: Stack,
  line: BoardLine,
  props: AttemptProps,
  mask: Live["mask"],
): Promise<Attempt> {
  const { providers } = props;
  const live = { progress: (text: string) => line.progress(text), mask };
  line.begin("initializing");
  const early = await providers?.lend(stack);
  if (!early) {
    const init = await props.init(terraformOf(stack, live, props));
    if (init.exitCode !== 0) return { failed: "init", output: init.all };
    // What it has verified can be lent from now on, to this stack first.
    providers?.note(stack);
  }
  const lent = early ?? (await providers?.lend(stack));
  return withLentProvider(
    lent,
    (by) => {
      // What was lent at once has not initialized yet; what takes its place does so for itself.
      const initialize = by ? early !== undefined : lent !== undefined;
      return planWith(terraformOf(stack, live, props, by), line, props, initialize);
    },
    (attempt) => ("failed" in attempt ? attempt.output : undefined),
  );
}

/**
 * What an apply would do, for a plan that only refreshes: it says what of a difference matters. Undefined when
 * nothing differs, or when that cannot be planned.
 */
export async function ordinaryPlan(
  refreshed: RawPlan,
  stack: Stack,
  { providers, setting, work }: AttemptProps,
): Promise<RawPlan | undefined> {
  if (differing(refreshed).length === 0) return undefined;
  const shown = await withLentProvider(
    await providers?.lend(stack),
    async (lent) => {
      const terraform = new StackTerraform(stack, setting, work, undefined, lent);
      return planAndShow(terraform).finally(() => terraform.close());
    },
    ({ exitCode, all }) => (exitCode === 0 ? undefined : all),
  );
  return shown.exitCode === 0 ? (JSON.parse(withExactNumbers(shown.stdout)) as RawPlan) : undefined;
}

/** What Terraform would do, as JSON; or the end of the plan that failed. */
async function planAndShow(terraform: StackTerraform): Promise<Ended> {
  const plan = await terraform.plan();
  return plan.exitCode === 0 || plan.exitCode === 2 ? terraform.show() : plan;
}

function terraformOf(
  stack: Stack,
  live: Live,
  { setting, work }: AttemptProps,
  lent?: LentProvider,
): StackTerraform {
  return new StackTerraform(stack, setting, work, live, lent);
}

/** @param initialize - first. */
async function planWith(
  terraform: StackTerraform,
  line: BoardLine,
  { init, refreshOnly, destroy }: AttemptProps,
  initialize = false,
): Promise<Attempt> {
  if (initialize) {
    line.begin("initializing");
    const ended = await init(terraform);
    if (ended.exitCode !== 0) return { failed: "init", output: ended.all };
  }
  line.begin("planning");
  const plan = await terraform.plan(...(destroy ? ["-destroy"] : refreshOnly ? ["-refresh-only"] : []));
  const shown = plan.exitCode === 0 || plan.exitCode === 2 ? await terraform.show() : undefined;
  if (shown?.exitCode === 0) return { terraform, plan, shown };
  terraform.close();
  return shown ? { failed: "show", output: shown.all } : { failed: "plan", output: plan.all };
}
