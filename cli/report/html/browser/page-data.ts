/**
 * What the page shows: the one thing in it that strangers wrote. It stands in the page as JSON, and every text of it is
 * without invisible characters by then.
 */
export interface PageData {
  /** First words, e.g. `Plan` or `Plan apps/network`. */
  readonly title: string;
  readonly verdict: { readonly kind: string; readonly text: string };

  /** What an apply would do, as Terraform says it; empty when nothing. */
  readonly total: string;

  /** Commit, scope and what else says of what the report is. */
  readonly facts: readonly string[];

  /** The run on GitHub, https. */
  readonly runUrl?: string;

  /** Why nothing could be planned. */
  readonly failure?: string;

  /** Names of the environments, in their order. */
  readonly environments: readonly string[];
  readonly stacks: readonly PageStack[];
  readonly changes: readonly PageChange[];

  /** What plans say beside their changes, what waits and what is gone. */
  readonly notes: readonly PageNote[];
  readonly graph: PageGraph;
}

/** One stack. */
export interface PageStack {
  readonly name: string;
  readonly environment: string;
  readonly status: string;

  /** What happens, in signs; empty when nothing does. */
  readonly words: string;

  /** The most that happens to it: what it is coloured by. */
  readonly tone: Tone;

  /** Why it was planned, failed or waits; a line each. */
  readonly reasons: readonly string[];

  /** What failed, as Terraform said it. */
  readonly error?: string;
}

/** What happens to a stack at the most. */
export type Tone = "failed" | "delete" | "update" | "create" | "waits" | "drift" | "none";

/** What happens to one resource or output. */
export interface PageChange {
  /** Which of the stacks. */
  readonly stack: number;
  readonly address: string;

  /** The action in one word. */
  readonly action: string;

  /** What tells it from others of the same address in a link: a deposed object's key, or `drift`. */
  readonly part?: string;

  /** What it is besides: `drift`, `import`, `move`, `output`. */
  readonly also?: readonly string[];

  /** Why, where from, and what else is said of it. */
  readonly says?: readonly string[];
  readonly risks?: readonly PageRisk[];
  readonly lines: readonly PageLine[];
}

/** A risk. */
export interface PageRisk {
  readonly level: string;
  readonly rule: string;
  readonly message: string;
}

/** A line of a diff: its sign, the path, the value; and what it is besides. */
export type PageLine =
  | readonly [sign: string, path: string, value: string]
  | readonly [sign: string, path: string, value: string, kind: "text" | "forces"];

/** A sentence about some stacks. */
export interface PageNote {
  readonly text: string;
  readonly stacks: readonly string[];
}

/** Where the stacks stand in the graph. */
export interface PageGraph {
  readonly width: number;
  readonly height: number;

  /** Size of a node. */
  readonly node: { readonly width: number; readonly height: number };

  /** Left upper corner of each stack's node. */
  readonly places: readonly (readonly [x: number, y: number])[];

  /** Pairs of stacks: the first is applied before the second. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}
