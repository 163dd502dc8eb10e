/** Version of what `groundplan affected --json` prints. */
export const AFFECTED_VERSION = 1;

/** What a change of the code means for the stacks of an app. */
export interface AffectedResult {
  readonly format: "groundplan.affected";
  readonly version: typeof AFFECTED_VERSION;

  /** The base as it was asked for, e.g. `origin/main`. */
  readonly base: string;

  /** Commit that the files here were compared with; none when the two have no common one. */
  readonly mergeBase?: string;

  /** Why everything counts as affected, when it does. */
  readonly everything?: Everything;

  /** The affected stacks, in the order of the manifest; removed ones last. */
  readonly stacks: readonly AffectedStack[];

  /** Stacks that are the same on both sides and downstream of none that is not. */
  readonly unaffected: readonly string[];
}

/** Nothing is guessed: when a comparison is impossible, every stack is affected. */
export interface Everything {
  /** The side that could not be had; `history`: no commit to compare with. */
  readonly side: "base" | "head" | "history";

  /** What it said. */
  readonly reason: string;
}

/** One affected stack. */
export interface AffectedStack {
  readonly name: string;
  readonly environment?: string;
  readonly unit: string;

  /**
   * - `changed`: it synthesizes to something else;
   * - `added`, `removed`: it is on one side only;
   * - `downstream`: it is the same, and a stack that it depends on is not.
   */
  readonly change: "changed" | "added" | "removed" | "downstream";

  /** Why, a sentence each. */
  readonly reasons: readonly string[];

  /** What differs in the stack; all of it when it is added or removed. */
  readonly elements: readonly ElementChange[];

  /** Affected stacks that it depends on, directly. */
  readonly upstream: readonly string[];
}

/** A part of a stack's configuration that differs: a resource, a data source, an output, a provider. */
export interface ElementChange {
  /** Terraform address, e.g. `aws_vpc.main`, `data.aws_region.here`, `output.url`, `provider.aws`. */
  readonly address: string;
  readonly change: "added" | "removed" | "changed";

  /** Top-level arguments that differ; only when `changed`. */
  readonly arguments?: readonly string[];
}
