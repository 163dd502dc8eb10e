import { type Amount, sumOf, weight } from "./amount";
import type { PlanPrice, PriceStatus, ResourcePrice } from "./price";
import { HOURS } from "./pricing";

/** Value of `format` in what `groundplan cost` prints. */
export const COST_FORMAT = "groundplan.cost" as const;

/** Version of the format; a change that an older reader would misread raises it. */
export const COST_VERSION = 1 as const;

/** A stack, and what it costs. */
export interface StackCost {
  readonly name: string;
  readonly environment?: string;
  readonly price: PlanPrice;
}

/** What `groundplan cost` says; `COST_SCHEMA` (result.ts) is what it prints as JSON. */
export interface Cost {
  readonly of: "code" | "plan";
  readonly stacks: readonly StackCost[];
  readonly before: Amount;
  readonly after: Amount;
  readonly change: Amount;
  readonly counts: Readonly<Record<PriceStatus, number>>;
  readonly unknown: Readonly<Record<string, number>>;

  /** When the oldest of the prices was checked, YYYY-MM-DD. */
  readonly pricesOf: string;
  readonly threshold?: { readonly monthly: number; readonly above: boolean };
}

/** Adds stacks up. @param threshold - an increase in US dollars a month; plans alone have one. */
export function costOf(of: Cost["of"], stacks: readonly StackCost[], threshold?: number): Cost {
  const prices = stacks.map(({ price }) => price);
  const change = sumOf(prices.map((price) => price.change));
  const unknown = new Map<string, number>();
  for (const price of prices)
    for (const [type, count] of Object.entries(price.unknown))
      unknown.set(type, (unknown.get(type) ?? 0) + count);
  const count = (status: PriceStatus) => prices.reduce((all, { counts }) => all + counts[status], 0);
  return {
    of,
    stacks,
    before: sumOf(prices.map((price) => price.before)),
    after: sumOf(prices.map((price) => price.after)),
    change,
    counts: {
      priced: count("priced"),
      free: count("free"),
      usage: count("usage"),
      unknown: count("unknown"),
    },
    unknown: Object.fromEntries([...unknown].sort(([a], [b]) => (a < b ? -1 : 1))),
    pricesOf: prices.map(({ pricesOf }) => pricesOf).sort()[0] ?? "",
    ...(threshold === undefined || of === "code"
      ? {}
      : { threshold: { monthly: threshold, above: change.high > threshold } }),
  };
}

/** The document that is printed as JSON. */
export function costDocument(cost: Cost) {
  return {
    format: COST_FORMAT as typeof COST_FORMAT,
    version: COST_VERSION,
    currency: "USD",
    hours: HOURS,
    ...cost,
    stacks: cost.stacks.map(({ name, environment, price }) => {
      const { currency, hours, ...rest } = price;
      return { name, ...(environment === undefined ? {} : { environment }), ...rest };
    }),
  };
}

/** The resources that cost most, or of plans those that change most; the dearest first. */
export function dearest(
  { of, stacks }: Pick<Cost, "of" | "stacks">,
  most: number,
): readonly { readonly stack: string; readonly resource: ResourcePrice; readonly amount: Amount }[] {
  return stacks
    .flatMap(({ name, price }) =>
      price.resources.flatMap((resource) => {
        const amount = of === "code" ? resource.after : resource.change;
        return amount && weight(amount) >= 0.005 ? [{ stack: name, resource, amount }] : [];
      }),
    )
    .sort((a, b) => weight(b.amount) - weight(a.amount))
    .slice(0, most);
}
