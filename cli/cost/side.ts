import { type Amount, NOTHING, sumOf } from "./amount";
import { type Price, type PriceTable, priceIn } from "./prices/table";
import { type Around, NO_PARTS, type Part, type Pricing, type Usage as UsageKey } from "./pricing";
import { FREE, USED } from "./types/free";
import { PRICED } from "./types/types";
import { type Usage, usedBy } from "./usage";
import { NotKnown, type Values } from "./values";

/** What a resource is billed for, with its price. */
export interface PricedPart {
  readonly name: string;
  readonly quantity: Amount;
  readonly unit: string;

  /** US dollars a month. */
  readonly monthly: Amount;

  /** When its price was checked, YYYY-MM-DD. */
  readonly date: string;

  /** AWS's page of its price. */
  readonly page: string;

  /** Whether it ends while a preview sleeps. */
  readonly sleeps: boolean;
}

/** What a resource costs before, or after. */
export interface SidePrice {
  readonly status: "priced" | "free" | "usage" | "unknown";
  readonly monthly?: Amount;
  readonly why?: string;
  readonly parts: readonly PricedPart[];
  readonly byUse: readonly string[];
}

/** A resource, and with what it is priced. */
export interface SideProps {
  readonly address: string;
  readonly type: string;
  readonly values: Values;
  readonly around: Around;

  /** Undefined where nobody says it. */
  readonly region: string | undefined;
  readonly usage: Usage;
  readonly prices: PriceTable;
}

/** Prices one side of a resource. */
export function priceSide(props: SideProps): SidePrice {
  const { type } = props;
  const free = FREE.get(type);
  if (free !== undefined) return { status: "free", monthly: NOTHING, why: free, parts: [], byUse: [] };
  const used = USED.get(type);
  if (used !== undefined) return { status: "usage", monthly: NOTHING, why: used, parts: [], byUse: [] };
  const pricing = PRICED.get(type);
  if (!pricing) return unknown("its type has no price here");
  // How many there are does not matter where each is billed by use alone.
  if (props.values.isOpen && pricing.parts === NO_PARTS) return BY_USE;
  if (props.values.isOpen) return unknown("nothing of it is known before the apply");
  try {
    return reckoned(pricing, props);
  } catch (error) {
    if (error instanceof NotKnown) return unknown(error.message);
    throw error;
  }
}

const BY_USE: SidePrice = {
  status: "usage",
  monthly: NOTHING,
  why: "it is billed by use",
  parts: [],
  byUse: [],
};

function unknown(why: string): SidePrice {
  return { status: "unknown", why, parts: [], byUse: [] };
}

/** @throws NotKnown */
function reckoned(pricing: Pricing, props: SideProps): SidePrice {
  const { values, around } = props;
  const fixed = pricing.parts(values, around).map((part) => pricedPart(part, props));
  const keys = usageOf(pricing, props);
  const given = keys.flatMap((key) => usedPart(key, props) ?? []);
  const byUse = [...new Set(keys.map(({ name }) => name))].filter(
    (name) => numberOf(name, props) === undefined,
  );
  const parts = [...fixed, ...given];
  if (parts.length === 0 && byUse.length > 0) {
    return { ...BY_USE, byUse };
  }
  if (parts.length === 0) {
    return {
      status: "free",
      monthly: NOTHING,
      why: "as it is set, it costs nothing by itself",
      parts,
      byUse,
    };
  }
  return { status: "priced", monthly: sumOf(parts.map(({ monthly }) => monthly)), parts, byUse };
}

/** What is billed by use; nothing where what it depends on is not known. */
function usageOf({ usage }: Pricing, { values, around }: SideProps): readonly UsageKey[] {
  try {
    return usage?.(values, around) ?? [];
  } catch (error) {
    if (error instanceof NotKnown) return [];
    throw error;
  }
}

function numberOf(name: string, { usage, address, type }: SideProps): number | undefined {
  return usedBy(usage, address, type, name);
}

/** @throws NotKnown */
function usedPart({ name, price, units = 1 }: UsageKey, props: SideProps): PricedPart | undefined {
  const number = numberOf(name, props);
  if (number === undefined) return undefined;
  const quantity = { low: number * units, high: number * units };
  return pricedPart(
    { name: name.replaceAll("_", " "), quantity, unit: price.split("/").at(-1) ?? "", price },
    props,
  );
}

/** @throws NotKnown where the table has no price of it. */
function pricedPart(part: Part, { region, prices }: SideProps): PricedPart {
  const { name, quantity, unit, least = 1, sleeps = false } = part;
  const keys = typeof part.price === "string" ? [part.price] : part.price;
  const found = keys.map((key) => priceOrThrow(prices, region, key));
  const usd = found.map((price) => price.usd);
  const [oldest] = [...found].sort((a, b) => (a.date < b.date ? -1 : 1));
  return {
    name,
    quantity,
    unit,
    monthly: { low: quantity.low * Math.min(...usd) * least, high: quantity.high * Math.max(...usd) },
    date: oldest?.date ?? "",
    page: oldest?.page ?? "",
    sleeps,
  };
}

function priceOrThrow(prices: PriceTable, region: string | undefined, key: string): Price {
  const found = priceIn(prices, region, key);
  if (found) return found;
  // The key may hold a text of the plan, e.g. an instance type that nobody knows.
  const what = /^[A-Za-z0-9._/-]{1,80}$/.test(key) ? key : "it";
  throw new NotKnown(
    region === undefined
      ? `nobody says its Region, and ${what} has a price in each`
      : `no price of ${what} in ${region}`,
  );
}
