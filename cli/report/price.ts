import { type Amount, NOTHING, sumOf, weight } from "../cost/amount";
import { moneyWords } from "../cost/money";
import { type PriceOptions, priceOf } from "../cost/price";
import type { PlanJson } from "../plan/plan-json";
import { inOrder } from "../project/environment";

/** With what a report prices its plans. */
export interface ReportPricing extends PriceOptions {
  /** An increase in US dollars a month above which a report says so. @default - none */
  readonly threshold?: number | undefined;
}

/** What the changes of a stack's plan cost; US dollars a month. */
export interface StackPrice {
  readonly before: Amount;
  readonly after: Amount;
  readonly change: Amount;

  /** How many resources that change have no price here, by their types. */
  readonly unknown: Readonly<Record<string, number>>;

  /** The changes that matter most, {@link MOST_LINES} at most. */
  readonly dearest: readonly { readonly address: string; readonly change: Amount }[];

  /** When the oldest price that was used was checked, YYYY-MM-DD. */
  readonly pricesOf: string;
}

/** Changes that a report names. */
export const MOST_LINES = 3;

/** The price of a plan; undefined when it changes nothing that has one, or might have. */
export function stackPrice(plan: PlanJson, options: ReportPricing): StackPrice | undefined {
  const { before, after, change, resources, pricesOf } = priceOf(plan, options);
  const changing = resources.filter(({ action }) => action !== "none");
  const unknown = new Map<string, number>();
  for (const { status, type } of changing)
    if (status === "unknown") unknown.set(type, (unknown.get(type) ?? 0) + 1);
  const dearest = changing.flatMap((one) =>
    one.change && isMoney(one.change) ? [{ address: one.address, change: one.change }] : [],
  );
  if (dearest.length === 0 && unknown.size === 0) return undefined;
  return {
    before,
    after,
    change,
    unknown: Object.fromEntries(unknown),
    dearest: dearest.slice(0, MOST_LINES),
    pricesOf,
  };
}

/** Whether there is something to say: half a cent, or more. */
function isMoney(amount: Amount): boolean {
  return weight(amount) >= 0.005;
}

/** What a report has of prices: its stacks, and the order of environments. */
export interface PricedReport {
  readonly stacks: readonly {
    readonly name: string;
    readonly environment?: string;
    readonly price?: StackPrice;
  }[];
  readonly promotion?: readonly string[];
  readonly priceThreshold?: number;
}

/** The prices of a report, as each of its forms says them. Texts of others are as they are. */
export interface PriceSummary {
  /** E.g. `+$43.80/month`. */
  readonly total: string;

  /** E.g. `dev +$32.85`; empty where there is one, or none. */
  readonly environments: readonly string[];

  /** Types without a price, the most frequent first. */
  readonly unknown: readonly { readonly type: string; readonly count: number }[];

  /** The changes that matter most, {@link MOST_LINES} at most. */
  readonly dearest: readonly {
    readonly address: string;
    readonly stacks: readonly string[];
    readonly change: string;
  }[];

  /** The threshold that it is above, e.g. `$100.00`. */
  readonly above?: string;

  /** When the oldest price was checked, YYYY-MM-DD. */
  readonly pricesOf: string;
}

/** Environments that are named. */
const MOST_ENVIRONMENTS = 6;

/** What a report says of prices; undefined when it has none. */
export function priceSummary({ stacks, promotion, priceThreshold }: PricedReport): PriceSummary | undefined {
  const prices = stacks.flatMap(({ price }) => price ?? []);
  if (prices.length === 0) return undefined;
  const change = sumOf(prices.map((price) => price.change));
  const isAbove = priceThreshold !== undefined && change.high > priceThreshold;
  return {
    total: `${moneyWords(change, { sign: true })}/month`,
    environments: environmentsOf(stacks, promotion),
    unknown: unknownOf(prices),
    dearest: dearestOf(stacks),
    ...(isAbove ? { above: moneyWords({ low: priceThreshold, high: priceThreshold }) } : {}),
    pricesOf: prices.map(({ pricesOf }) => pricesOf).sort()[0] ?? "",
  };
}

function environmentsOf(stacks: PricedReport["stacks"], promotion?: readonly string[]): readonly string[] {
  const names = [...new Set(stacks.flatMap(({ environment }) => environment ?? []))].sort();
  const rows = inOrder(names, promotion).flatMap((name) => {
    const own = stacks.filter(({ environment }) => environment === name).flatMap(({ price }) => price ?? []);
    const change = sumOf(own.map((price) => price.change));
    return isMoney(change) ? [`${name} ${moneyWords(change, { sign: true })}`] : [];
  });
  if (rows.length <= MOST_ENVIRONMENTS) return rows;
  return [...rows.slice(0, MOST_ENVIRONMENTS), `${rows.length - MOST_ENVIRONMENTS} more`];
}

function unknownOf(prices: readonly StackPrice[]): PriceSummary["unknown"] {
  const counts = new Map<string, number>();
  for (const { unknown } of prices)
    for (const [type, count] of Object.entries(unknown)) counts.set(type, (counts.get(type) ?? 0) + count);
  return [...counts]
    .map(([type, count]) => ({ type, count }))
    .sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
}

/** The same change of several stacks is one line. */
function dearestOf(stacks: PricedReport["stacks"]): PriceSummary["dearest"] {
  const merged = new Map<string, { address: string; change: Amount; stacks: string[] }>();
  for (const { name, price } of stacks) {
    for (const { address, change } of price?.dearest ?? []) {
      const key = JSON.stringify([address, change]);
      const known = merged.get(key);
      if (known) known.stacks.push(name);
      else merged.set(key, { address, change, stacks: [name] });
    }
  }
  const all = ({ change, stacks: of }: { change: Amount; stacks: readonly string[] }) =>
    weight(change ?? NOTHING) * of.length;
  return [...merged.values()]
    .sort((a, b) => all(b) - all(a) || (a.address < b.address ? -1 : 1))
    .slice(0, MOST_LINES)
    .map(({ change, ...rest }) => ({ ...rest, change: moneyWords(change, { sign: true }) }));
}

/** Types without a price that are named. */
const MOST_TYPES = 3;

/** E.g. `3 resources have no price here: 2 aws_x, 1 aws_y`, in parts; empty when all have one. */
export function unknownWords({ unknown }: Pick<PriceSummary, "unknown">): {
  readonly count: number;
  readonly types: readonly { readonly type: string; readonly count: number }[];
  readonly more: number;
} {
  return {
    count: unknown.reduce((sum, { count }) => sum + count, 0),
    types: unknown.slice(0, MOST_TYPES),
    more: Math.max(0, unknown.length - MOST_TYPES),
  };
}
