import type { PlanCounts, PlanFiles } from "../plan/result";

/** Value of `format` in the summary of an apply. */
export const APPLY_FORMAT = "groundplan.apply";

/** Value of `format` in the summary of a destroy. */
export const DESTROY_FORMAT = "groundplan.destroy";

/** Version of the format; a change that an older reader would misread raises it. */
export const APPLY_VERSION = 1;

/** Result directory, relative to the project's root. It is laid out as a plan's, with a log for each stack. */
export const APPLY_FOLDER = ".groundplan/apply";

/** Result directory of a destroy, relative to the project's root. */
export const DESTROY_FOLDER = ".groundplan/destroy";

/** `summary.json` of an apply, or of a destroy; written anew after each stack, so that a run that was killed has left one. */
export interface ApplyRun {
  readonly format: typeof APPLY_FORMAT | typeof DESTROY_FORMAT;
  readonly version: typeof APPLY_VERSION;
  readonly groundplan: string;
  readonly terraform: string;
  readonly app: string;
  readonly commit?: string;
  readonly modified: boolean;

  /** Commit of the plan that was reviewed. */
  readonly reviewed?: string;
  readonly started: string;
  readonly seconds: number;

  /** Environments in the order in which they are applied; those of a destroy in no order. */
  readonly environments: readonly string[];

  /** `running` while it runs, and for ever after a run was killed. */
  readonly outcome: "running" | "complete" | "incomplete" | "interrupted";

  /** The stacks that were to be applied or destroyed, in that order. */
  readonly stacks: readonly AppliedStack[];
}

/** What applying a stack came to. */
export type ApplyStatus =
  /** Not begun yet. */
  | "waiting"
  /** It is being planned or applied now. */
  | "running"
  /** Its changes are made. */
  | "applied"
  /** Nothing of it is left; only of a destroy, which has no `applied`. */
  | "destroyed"
  /** Nothing was to be done: it stood, or an earlier run has applied it. */
  | "unchanged"
  /** The plan is another than the one that was reviewed. */
  | "refused"
  /** It was deferred at the review, its plan destroys something or has a high risk, and nobody has approved that. */
  | "awaiting-approval"
  /** It reads what is not deployed. */
  | "deferred"
  /** Planning or applying failed; `done` and `left` say how far it came. */
  | "failed"
  /** A stack or an environment that has to come before was not applied. */
  | "skipped"
  /** The run was interrupted. */
  | "interrupted";

/** Whether nothing is left to do: it stands as the code says, or is gone as a destroy was asked to. */
export function isDone(status: ApplyStatus): boolean {
  return status === "applied" || status === "destroyed" || status === "unchanged";
}

/** A status for people. */
export function statusWords(status: ApplyStatus): string {
  return status.replace("-", " ");
}

/** One stack of an apply. */
export interface AppliedStack {
  readonly name: string;
  readonly environment?: string;
  readonly unit: string;
  readonly dependencies: readonly string[];
  readonly status: ApplyStatus;

  /** What it came to, in a sentence. */
  readonly message?: string;

  /** Numbers of the plan that was made now. */
  readonly counts?: PlanCounts;

  /** In what the plan differs from the one that was reviewed, a sentence each. */
  readonly differences?: readonly string[];

  /** Approves this very plan: `--approve <stack>=<digest>`. */
  readonly digest?: string;

  /** Addresses whose change was made, and those whose change was not. */
  readonly done?: readonly string[];
  readonly left?: readonly string[];
  readonly seconds: number;
  readonly files: PlanFiles & { readonly log?: string };
}
