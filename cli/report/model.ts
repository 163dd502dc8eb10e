import type {
  AffectedBecause,
  Deferral,
  PlanFailure,
  PlanFiles,
  PlanScope,
  PlanStatus,
  RemovedStack,
  RunFailure,
} from "../plan/result";
import type { Change } from "./change";
import type { Note } from "./notes";
import type { StackPrice } from "./price";
import type { Risk } from "./risks/risk";

/** Value of `format` in a report. */
export const REPORT_FORMAT = "groundplan.report";

/** Version of the format; a change that an older reader would misread raises it. */
export const REPORT_VERSION = 1;

/** What a run of `groundplan plan` comes to, for a reviewer. It holds no secrets. */
export interface Report {
  readonly format: typeof REPORT_FORMAT;
  readonly version: typeof REPORT_VERSION;

  /** Name of the CDKTF app: the path of its folder in the repository, `.` at the repository's root. */
  readonly app: string;

  /** Commit that was planned, 40 hex digits. */
  readonly commit?: string;

  /** Number of the pull request; only in a report that is handed on by a fork's run. */
  readonly pull?: number;

  /** Whether files differed from the commit. */
  readonly modified: boolean;

  /** Which stacks were to be planned. */
  readonly scope: PlanScope;

  /** Whether every stack has come to an end; `failed`: none could be planned. */
  readonly outcome: "complete" | "interrupted" | "failed";

  /** Why none could be planned; only when `failed`. */
  readonly failure?: RunFailure;
  readonly verdict: Verdict;

  /** Environments in the order in which a change is applied to them; none where nobody has said it. */
  readonly promotion?: readonly string[];

  /** Stacks in scope, the most dangerous first. */
  readonly stacks: readonly StackReport[];

  /** Names of stacks with the same change, in the order of `stacks`; each stack that changes is in one. */
  readonly groups: readonly (readonly string[])[];

  /** Number of stacks that were not in scope. */
  readonly left: number;

  /** Stacks that are gone from the code: what they made stays. */
  readonly removed: readonly RemovedStack[];

  /** An increase of the price in US dollars a month above which a reader is to be told. */
  readonly priceThreshold?: number;
}

/** The report in one line. */
export interface Verdict {
  /**
   * - `failed`: a stack, or all, could not be planned;
   * - `attention`: something is deleted, or a rule of level `high` found something;
   * - `changes`, `unchanged`: nothing of the kind;
   * - `incomplete`: the run was interrupted.
   */
  readonly kind: "failed" | "incomplete" | "attention" | "changes" | "unchanged";
  readonly text: string;
}

/** One stack of a report. */
export interface StackReport {
  readonly name: string;
  readonly environment?: string;
  readonly unit: string;

  /** Stacks that have to be applied before it; none in a report of a version that did not say. */
  readonly dependencies?: readonly string[];
  readonly status: PlanStatus;
  readonly counts: Counts;

  /** What happens to its resources and outputs, the most dangerous first. */
  readonly changes: readonly Change[];

  /** What differs from the state outside of Terraform. */
  readonly drift: readonly Change[];
  readonly risks: readonly Risk[];

  /** What the plan says beside its changes: actions, checks, warnings, and what it leaves open. */
  readonly notes: readonly Note[];
  readonly deferred?: Deferral;
  readonly error?: PlanFailure;

  /** What its changes cost; only when it was asked for, and something that changes has a price or might have one. */
  readonly price?: StackPrice;

  /** Why it was planned; only when what a change touches was. */
  readonly affected?: AffectedBecause;
  readonly files: PlanFiles;
}

/** Numbers of a stack's plan, counted from its resources. */
export interface Counts {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly forget: number;
  readonly unknown: number;
  readonly import: number;
  readonly move: number;
  readonly drift: number;
  readonly outputs: number;
}

/** The numbers of a plan that does nothing. */
export const NO_COUNTS: Counts = {
  create: 0,
  update: 0,
  replace: 0,
  delete: 0,
  forget: 0,
  unknown: 0,
  import: 0,
  move: 0,
  drift: 0,
  outputs: 0,
};
