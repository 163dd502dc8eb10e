import type { Place } from "../../gateway/exchange";

/** One rule or template, as the API describes it. */
export type Item = Readonly<Record<string, unknown>>;

/** Rules or templates of one account and Region, by their prefix. */
export interface Items {
  get(prefix: string): Item | undefined;
  all(): readonly Item[];
  put(prefix: string, item: Item): void;
  remove(prefix: string): void;
}

/** An operation: what it is asked, what there is, and where; it throws `EcrError`. */
export type Operation = (input: Readonly<Record<string, unknown>>, items: Items, place: Place) => object;
