import { GetProductsCommand, type GetProductsCommandOutput, PricingClient } from "@aws-sdk/client-pricing";
import { unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { InputError } from "../../input/file";
import { type Product, productIn } from "./product";
import { RULES, type Rule } from "./rules";
import type { PriceTable } from "./table";

/** Where the price list is asked, whichever Region it is about. */
const ENDPOINT_REGION = "us-east-1";

/** Pages of one question that are read: 20,000 products. */
const MOST_PAGES = 200;

/** What became of the prices of a Region. */
export interface RefreshedRegion {
  readonly region: string;

  /** Prices that were found. */
  readonly prices: number;
  readonly changed: readonly { readonly key: string; readonly before?: number; readonly after?: number }[];

  /** Keys for which AWS lists no price, or several; they are no longer in the table. */
  readonly missing: readonly string[];
}

/** A table with other prices, and what differs. */
export interface Refreshed {
  readonly table: PriceTable;
  readonly regions: readonly RefreshedRegion[];
}

/**
 * Renews a table's prices of some Regions from AWS's price list. Of a key with two different prices neither is taken.
 *
 * @param day - today, YYYY-MM-DD.
 * @throws CliError when AWS cannot be asked, or answers nothing that is read.
 */
export async function refreshPrices(
  table: PriceTable,
  regions: readonly string[],
  day: string,
  progress: (line: string) => void = () => undefined,
): Promise<Refreshed> {
  const client = new PricingClient({ region: ENDPOINT_REGION });
  let renewed = table;
  const results: RefreshedRegion[] = [];
  for (const region of ["global", ...regions]) {
    const rules = RULES.filter(({ global = false }) => global === (region === "global"));
    const found = await askedPrices(client, rules, region, progress);
    const before = table.regions[region] ?? {};
    // What no rule asks for stays as it was.
    const kept = Object.fromEntries(Object.entries(before).filter(([key]) => !isAsked(key, found)));
    const fresh = Object.fromEntries(
      [...found.prices].map(([key, { usd, source }]) => [key, { usd, source, date: day }]),
    );
    const after = sorted({ ...kept, ...fresh });
    renewed = { ...renewed, regions: sorted({ ...renewed.regions, [region]: after }) };
    results.push({
      region,
      prices: found.prices.size,
      changed: changesOf(before, after),
      missing: [
        ...new Set([...found.ambiguous, ...Object.keys(before).filter((key) => !(key in after))]),
      ].sort(),
    });
  }
  return { table: renewed, regions: results };
}

interface Asked {
  readonly prices: ReadonlyMap<string, { readonly usd: number; readonly source: string }>;
  readonly ambiguous: readonly string[];
}

async function askedPrices(
  client: PricingClient,
  rules: readonly Rule[],
  region: string,
  progress: (line: string) => void,
): Promise<Asked> {
  const prices = new Map<string, { usd: number; source: string }>();
  const ambiguous = new Set<string>();
  for (const [at, rule] of rules.entries()) {
    progress(`${region}: ${rule.service} (${at + 1} of ${rules.length})`);
    for (const { attributes, usd } of await productsOf(client, rule, region)) {
      const key = rule.keyOf(attributes);
      if (key === undefined || usd === undefined) continue;
      const price = rounded(usd * (rule.factor ?? 1));
      const known = prices.get(key);
      if (known !== undefined && known.usd !== price) ambiguous.add(key);
      prices.set(key, { usd: price, source: rule.source });
    }
  }
  for (const key of ambiguous) prices.delete(key);
  return { prices, ambiguous: [...ambiguous] };
}

/** @throws CliError */
async function productsOf(client: PricingClient, rule: Rule, region: string): Promise<readonly Product[]> {
  const filters = { ...rule.filters, ...(rule.global ? {} : { [rule.regionField ?? "regionCode"]: region }) };
  const Filters = Object.entries(filters).map(([Field, Value]) => ({
    Type: "TERM_MATCH" as const,
    Field,
    Value,
  }));
  const found: Product[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const command = new GetProductsCommand({
      ServiceCode: rule.service,
      Filters,
      MaxResults: 100,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    try {
      const answer: GetProductsCommandOutput = await client.send(command);
      found.push(...(answer.PriceList ?? []).map((entry: unknown) => productIn(String(entry))));
      NextToken = answer.NextToken;
    } catch (error) {
      if (error instanceof InputError)
        throw new CliError(EXIT.FAILED, `the price list of ${rule.service} cannot be read: ${error.message}`);
      throw unreachable(error);
    }
    if (NextToken === undefined || NextToken === "") return found;
  }
  throw new CliError(EXIT.FAILED, `the price list of ${rule.service} has more than ${MOST_PAGES} pages`);
}

/** Whether a key was asked for: one that was found, or whose like were, and it was not. */
function isAsked(key: string, { prices, ambiguous }: Asked): boolean {
  if (prices.has(key) || ambiguous.includes(key)) return true;
  // A service that answered nothing at all has not withdrawn its prices.
  return PREFIXES.some(
    (start) => key.startsWith(start) && [...prices.keys()].some((one) => one.startsWith(start)),
  );
}

/** Keys that are made of names that the list has: one that is gone from it has no price any more. */
const PREFIXES = ["ec2/", "rds/postgres/", "rds/mysql/", "rds/mariadb/"];

function changesOf(
  before: PriceTable["regions"][string],
  after: PriceTable["regions"][string],
): RefreshedRegion["changed"] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => {
    const [old, now] = [before[key]?.usd, after[key]?.usd];
    if (old === now) return [];
    return [
      { key, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) },
    ];
  });
}

/** Twelve digits: what a factor adds behind them is floating point. */
function rounded(usd: number): number {
  return Number(usd.toPrecision(12));
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
