import type { IConstruct } from "constructs";

/** Where a fault lies: a construct, or words such as `overlay "dev"` where there is no construct yet. */
export type FaultPlace = IConstruct | string;

/** One thing that is wrong with an input. */
export interface Fault {
  /** What is wrong, with the value it got: `VPC range 10.0.0.0/28 is too small: …`. */
  readonly what: string;

  /** What to write instead, with an example: `use a /24 or larger, e.g. 10.0.0.0/16`. */
  readonly instead: string;

  /**
   * Where this fault lies, when the input has parts, e.g. `overlay "dev"`.
   *
   * @default - the place of the whole input
   */
  readonly at?: string;
}

/**
 * An input that cannot be synthesized.
 *
 * Its message holds every fault of that input: what is wrong, where, and what to write instead.
 */
export class SynthError extends Error {
  /** The faults, in the order in which they were found; at least one. */
  readonly faults: readonly Fault[];

  /** Path of the construct, or the place in words. */
  readonly place: string;

  constructor(place: FaultPlace, faults: readonly Fault[]) {
    const where = typeof place === "string" ? place : place.node.path;
    super(faults.map((fault) => `${fault.what}\n  at ${fault.at ?? where}\n  ${fault.instead}`).join("\n\n"));
    this.name = "SynthError";
    this.place = where;
    this.faults = faults;
  }
}

/**
 * Gathers the faults of one input, so that a user sees all of them at once.
 *
 * @example
 * const faults = new Faults();
 * if (props.days < 1) faults.add(`retention of ${props.days} days is too short`, "use 1 or more, e.g. 30");
 * faults.throwIfAny(this);
 */
export class Faults {
  private readonly found: Fault[] = [];

  /** Notes a fault: what is wrong, and what to write instead. */
  add(what: string, instead: string): void {
    this.found.push({ what, instead });
  }

  /** Takes over faults that a pure function found. */
  addAll(faults: readonly Fault[]): void {
    this.found.push(...faults);
  }

  /** The faults so far. */
  get all(): readonly Fault[] {
    return this.found;
  }

  /**
   * Ends the synth when there are faults.
   *
   * @throws {@link SynthError} with all of them.
   */
  throwIfAny(place: FaultPlace): void {
    if (this.found.length > 0) throw new SynthError(place, this.found);
  }
}
