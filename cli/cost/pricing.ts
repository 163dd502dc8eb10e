import type { Amount } from "./amount";
import type { Values } from "./values";

/** Hours of a month, as AWS's own calculator has them: 365 days by 24 hours by 12 months. */
export const HOURS = 730;

/** Something that a resource is billed for. */
export interface Part {
  /** E.g. `NAT gateway`. */
  readonly name: string;

  /** How much of it in a month; the same number twice where it is known. */
  readonly quantity: Amount;

  /** What the quantity counts, e.g. `hours`. */
  readonly unit: string;

  /** Key of its price; several where it may be either. */
  readonly price: string | readonly string[];

  /**
   * The least that it may cost of its price, 0 to 1: Spot has no price of its own.
   *
   * @default 1
   */
  readonly least?: number;

  /** Whether it ends while a preview sleeps. @default false */
  readonly sleeps?: boolean;
}

/** What a price depends on that a plan does not say: a number a month, given by a usage file. */
export interface Usage {
  /** Name in the usage file, e.g. `data_processed_gb`. */
  readonly name: string;

  /** What it counts, in words. */
  readonly means: string;

  /** Key of its price. */
  readonly price: string;

  /**
   * How many units of the price one of it is.
   *
   * @default 1
   */
  readonly units?: number;
}

/** What a resource stands among. */
export interface Around {
  /** Values of the resource of a type that an attribute refers to; undefined where it is not in the plan. */
  linked(attribute: string, type: string): Values | undefined;

  /** How many resources of a type an attribute refers to; undefined where nobody knows. */
  links(attribute: string, type: string): number | undefined;

  /** Values of what refers to it: resources of a type. */
  referrers(type: string): readonly Values[];

  /** The day for which it is priced, YYYY-MM-DD. */
  readonly day: string;
}

/** What the resources of a type cost. */
export interface Pricing {
  /** What is reckoned with where the plan does not say it, in sentences; a table of the documentation has them. */
  readonly assumes: readonly string[];

  /** What is billed by use. */
  readonly usage?: (values: Values, around: Around) => readonly Usage[];

  /** What is billed by the hour or the month, whatever is done with it. @throws NotKnown */
  readonly parts: (values: Values, around: Around) => readonly Part[];
}

/** A number that is known. */
export function known(number: number): Amount {
  return { low: number, high: number };
}

/** A part that is there all month, `count` times. */
export function hourly(name: string, price: Part["price"], count: number | Amount = 1): Part {
  const { low, high } = typeof count === "number" ? known(count) : count;
  return { name, quantity: { low: low * HOURS, high: high * HOURS }, unit: "hours", price };
}

/** A part that is billed by the month, `count` times. */
export function monthly(
  name: string,
  price: Part["price"],
  count: number | Amount = 1,
  unit = "months",
): Part {
  return { name, quantity: typeof count === "number" ? known(count) : count, unit, price };
}

/** Something that costs nothing by itself. */
export const NO_PARTS: Pricing["parts"] = () => [];
