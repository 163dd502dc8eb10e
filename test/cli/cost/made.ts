import { type PlanPrice, type PriceOptions, priceOf, type ResourcePrice } from "../../../cli/cost/price";
import type { Json } from "../../../cli/input/json";
import type { PlanJson, ResourceChangeJson } from "../../../cli/plan/plan-json";

type Block = { readonly [key: string]: Json };

/** A resource that is created. */
export function created(address: string, after: Block, after_unknown: Json = {}): ResourceChangeJson {
  return changed(address, ["create"], { before: null, after, after_unknown });
}

/** A resource, and what happens to it. */
export function changed(
  address: string,
  actions: readonly string[],
  change: Partial<ResourceChangeJson["change"]>,
): ResourceChangeJson {
  const type =
    address
      .replaceAll(/\[[^\]]*\]/g, "")
      .split(".")
      .at(-2) ?? "";
  return { address, mode: "managed", type, change: { actions: [...actions], ...change } };
}

/** A plan in us-east-1. */
export function planWith(resources: readonly ResourceChangeJson[], rest: Partial<PlanJson> = {}): PlanJson {
  return { format_version: "1.2", region: "us-east-1", resource_changes: resources, ...rest };
}

/** The day of these tests. */
export const DAY = "2026-11-30";

/** The price of some resources in us-east-1. */
export function priced(resources: readonly ResourceChangeJson[], options: PriceOptions = {}): PlanPrice {
  return priceOf(planWith(resources), { day: DAY, ...options });
}

/** The price of one resource that is created. */
export function priceOfOne(
  type: string,
  after: Block,
  { unknown = {}, ...options }: PriceOptions & { readonly unknown?: Json } = {},
): ResourcePrice {
  const [one] = priced([created(`${type}.one`, after, unknown)], options).resources;
  if (!one) throw new Error("nothing was priced");
  return one;
}
