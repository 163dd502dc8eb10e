/**
 * The format of a plan's result: a directory that `groundplan plan` writes and that reports read.
 *
 * ```
 * <directory>/                      .groundplan/plan by default
 *   summary.json                    PlanRun; written last, so that a directory with one is complete
 *   stacks/<folder>/plan.json       PlanJson: Terraform's plan JSON, cut and redacted
 *   stacks/<folder>/plan.txt        what `terraform show` prints of the plan, redacted, without colours
 *   stacks/<folder>/error.txt       everything that a failed stack printed, redacted
 *   stacks/<folder>/plan.tfplan.enc the saved plan, encrypted (only with --out)
 * ```
 *
 * A reader takes the paths from `summary.json`, and never trusts them: they are relative to the directory
 * and may have been written by somebody else. A reader tolerates keys and values that it does not know.
 */

/** Value of `format` in `summary.json`. */
export const PLAN_FORMAT = "groundplan.plan";

/** Version of the format; a change that an older reader would misread raises it. */
export const PLAN_VERSION = 1;

/** Name of the summary in a result directory. */
export const SUMMARY_FILE = "summary.json";

/** Result directory, relative to the project's root, when none is given. */
export const RESULT_FOLDER = ".groundplan/plan";

/** `summary.json`: one run of `groundplan plan`. */
export interface PlanRun {
  readonly format: typeof PLAN_FORMAT;
  readonly version: typeof PLAN_VERSION;

  /** Version of the `groundplan` that wrote it. */
  readonly groundplan: string;

  /** Name and version of the binary, e.g. `Terraform 1.11.4`; empty when none was found. */
  readonly terraform: string;

  /**
   * Name of the CDKTF app: the path of its folder in the repository, `.` at the repository's root.
   * A repository with several apps has one comment for each.
   */
  readonly app: string;

  /** Commit that was planned, 40 hex digits; none outside of a git repository. */
  readonly commit?: string;

  /** Whether files differed from the commit, so that the commit alone does not say what was planned. */
  readonly modified: boolean;

  /** Begin of the run, ISO 8601 in UTC. */
  readonly started: string;

  /** Duration of the run in seconds. */
  readonly seconds: number;

  /** Which stacks were to be planned. */
  readonly scope: PlanScope;

  /** Which part of the scope this is, when several jobs plan it. */
  readonly shard?: PlanShard;

  /**
   * - `complete`: every stack has an end;
   * - `interrupted`: the user ended the run, and some stacks have none; before the first one, {@link failure}
   *   says while what;
   * - `failed`: no stack could be planned, and {@link failure} says why.
   */
  readonly outcome: "complete" | "interrupted" | "failed";

  /** Only when it came to no stack. */
  readonly failure?: RunFailure;

  /** Environments in the order in which a change is applied to them; none where the project does not say it. */
  readonly promotion?: readonly string[];

  /** The stacks in scope, upstream first. */
  readonly stacks: readonly PlannedStack[];

  /** Stacks of the app that were not in scope. */
  readonly left: readonly string[];

  /** Stacks that stand at the base and are gone at the head: what they made stays, and nobody manages it. */
  readonly removed: readonly RemovedStack[];
}

/** One part of a run that several jobs plan: a report is made of all. */
export interface PlanShard {
  /** From 1. */
  readonly number: number;

  /** How many there are, at most. */
  readonly of: number;

  /** The stacks in scope that the others plan. */
  readonly elsewhere: readonly Pick<PlannedStack, "name" | "environment" | "unit">[];
}

/** Why a run came to no stack: the app does not synthesize, for example. */
export interface RunFailure {
  /** Reason, where, and what to do, a line each. */
  readonly message: string;
}

/** Which stacks a run was asked for. */
export type PlanScope =
  | { readonly kind: "all" }
  | { readonly kind: "named"; readonly names: readonly string[] }
  | {
      readonly kind: "affected";

      /** The base as it was asked for, e.g. `origin/main`. */
      readonly base: string;

      /** Commit that the head was compared with; none when there is no common one. */
      readonly mergeBase?: string;

      /** Why everything counts as affected, when it does: one side did not synthesize. */
      readonly everything?: string;
    };

/** What planning a stack came to. */
export type PlanStatus =
  /** The plan changes resources or outputs. */
  | "changed"
  /** Nothing is to be done. Resources may have drifted all the same: `counts.drift`. */
  | "unchanged"
  /** Cannot be planned before another stack is applied: `deferred` says which, and why. */
  | "deferred"
  /** Terraform, or the environment, failed: `error` says how. */
  | "failed"
  /** The run was interrupted before the stack's plan was done. */
  | "interrupted";

/** One stack of a run. */
export interface PlannedStack {
  /** Name in CDKTF's manifest, e.g. `dev-network`. */
  readonly name: string;

  /** Environment, as the project reads the names of its stacks, e.g. `dev`; none when the name says none. */
  readonly environment?: string;

  /** Unit within the environment: the rest of the name, e.g. `network`. */
  readonly unit: string;

  /** Stacks that have to be applied before, directly: CDKTF's dependencies and what its data sources read. */
  readonly dependencies: readonly string[];

  readonly status: PlanStatus;

  /** Numbers of the plan; only when `changed` or `unchanged`. */
  readonly counts?: PlanCounts;

  /** Only when `deferred`. */
  readonly deferred?: Deferral;

  /** Only when `failed`. */
  readonly error?: PlanFailure;

  /** Why it is in scope; only when the scope is `affected`. */
  readonly affected?: AffectedBecause;

  /** Duration in seconds, init included. */
  readonly seconds: number;

  /** Files, relative to the result directory, with `/` between folders. */
  readonly files: PlanFiles;
}

/** Numbers of a plan. A replacement counts as `replace` alone; a resource that is moved and updated counts in both. */
export interface PlanCounts {
  readonly create: number;
  readonly update: number;

  /** Deleted and made again, in either order; `create, forget` too. */
  readonly replace: number;
  readonly delete: number;

  /** Taken out of the state and left standing. */
  readonly forget: number;

  /** Taken over into the state. */
  readonly import: number;

  /** Known by another address before. */
  readonly move: number;

  /** Resources that were found to differ from the state (`resource_drift`, without mere moves). */
  readonly drift: number;

  /** Outputs that change. */
  readonly outputs: number;
}

/** Why a stack cannot be planned yet. Values are never made up in place of those that are missing. */
export interface Deferral {
  /** Stacks that have to be applied before, at least one. */
  readonly on: readonly string[];

  /**
   * - `upstream-not-deployed`: what it reads is not there yet;
   * - `upstream-changes`: this run's plan of the upstream changes what it reads;
   * - `upstream-deferred`: the upstream itself is deferred, so what it will publish is not known;
   * - `upstream-failed`: the upstream's plan failed, so what it will publish is not known.
   */
  readonly why: "upstream-not-deployed" | "upstream-changes" | "upstream-deferred" | "upstream-failed";

  /** What it reads from them: addresses in this stack, e.g. `data.aws_ssm_parameter.network-contract`. */
  readonly reads: readonly string[];

  /** The whole in a sentence. */
  readonly message: string;
}

/** Why a plan failed. */
export interface PlanFailure {
  /** `init` or `plan`: what Terraform did; `show`: reading the plan. */
  readonly phase: "init" | "plan" | "show";

  /** Reason, where, and what to do, a line each; redacted. */
  readonly message: string;

  /** Addresses that Terraform named with its errors. */
  readonly addresses: readonly string[];
}

/** What makes a stack affected by a change of the code. */
export interface AffectedBecause {
  readonly change: "changed" | "added" | "downstream";

  /** Sentences, e.g. `aws_vpc.main: cidr_block` or `downstream of dev-network`. */
  readonly reasons: readonly string[];
}

/** A stack that is gone. */
export interface RemovedStack {
  readonly name: string;
  readonly environment?: string;
  readonly unit: string;

  /** Terraform addresses of what it managed at the base. */
  readonly resources: readonly string[];
}

/** Files of a stack; one that was not written is left out. */
export interface PlanFiles {
  /** {@link PlanJson}. */
  readonly json?: string;

  /** Rendered plan. */
  readonly text?: string;

  /** Whole output of a failure. */
  readonly error?: string;

  /** Encrypted saved plan. */
  readonly saved?: string;
}

/** Whether a run ended before it came to any stack: it says nothing about what would be done. */
export function plannedNothing({
  outcome,
  stacks,
}: Pick<PlanRun, "outcome"> & { stacks: readonly unknown[] }): boolean {
  return outcome !== "complete" && stacks.length === 0;
}
