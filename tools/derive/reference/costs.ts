import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { code, page, table } from "./markdown";

/** What the built command line says of prices. */
interface Costs {
  readonly prices: object;
  readonly usage: object;
  readonly priced: readonly {
    readonly type: string;
    readonly assumes: readonly string[];
    readonly usage: readonly { readonly name: string; readonly means: string }[];
  }[];
  readonly free: Readonly<Record<string, string>>;
  readonly used: Readonly<Record<string, string>>;
  readonly sources: readonly { readonly page: string; readonly date: string; readonly checked: string }[];
  readonly regions: Readonly<Record<string, number>>;
}

/** Printed by a program of its own: the tools import nothing of the command line. */
const PRINT = `
const [cost] = process.argv.slice(1);
const { PRICED } = require(cost + "/types/types.js");
const { FREE, USED } = require(cost + "/types/free.js");
const { PRICES_SCHEMA, SHIPPED_PRICES } = require(cost + "/prices/table.js");
const { USAGE_SCHEMA } = require(cost + "/usage.js");
const { usageKeys } = require(cost + "/types/usage-keys.js");
console.log(JSON.stringify({
  prices: PRICES_SCHEMA,
  usage: USAGE_SCHEMA,
  priced: [...PRICED].map(([type, { assumes }]) => ({ type, assumes, usage: usageKeys(type) })),
  free: Object.fromEntries(FREE),
  used: Object.fromEntries(USED),
  sources: Object.values(SHIPPED_PRICES.sources),
  regions: Object.fromEntries(Object.entries(SHIPPED_PRICES.regions).map(([name, all]) => [name, Object.keys(all).length])),
}));
`;

/** The page of what has a price, and the schemas of the files that prices are reckoned with; by their paths. */
export function costFiles(cli: string): ReadonlyMap<string, string> {
  const text = execFileSync(process.execPath, ["-e", PRINT, join(cli, "dist", "cost")], { encoding: "utf8" });
  const costs = JSON.parse(text) as Costs;
  return new Map([
    ["docs/reference/costs.md", costPage(costs)],
    ["cli/prices.schema.json", schemaText(costs.prices)],
    ["cli/usage.schema.json", schemaText(costs.usage)],
  ]);
}

function schemaText(schema: object): string {
  return `${JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", ...schema }, undefined, 2)}\n`;
}

function costPage({ priced, free, used, sources, regions }: Costs): string {
  const byType = <T extends { readonly type: string }>(all: readonly T[]) =>
    [...all].sort((a, b) => (a.type < b.type ? -1 : 1));
  return page(
    "# What has a price",
    "`groundplan cost` prices these types of Terraform, on demand, in US dollars for a month of 730 hours. A type that is on no list is counted as unknown, and so is a resource of which the table has no price.",
    "## Types with a price",
    table(
      ["type", "what is reckoned with", "in the usage file"],
      byType(priced).map(({ type, assumes, usage }) => [
        code(type),
        assumes.join("; "),
        usage.map(({ name, means }) => `${code(name)}: ${means}`).join("; "),
      ]),
    ),
    "## Types that are billed by use alone",
    table(
      ["type", "what is billed"],
      Object.entries(used)
        .sort()
        .map(([type, why]) => [code(type), why]),
    ),
    "## Types that cost nothing by themselves",
    table(["why", "types"], reasons(free)),
    "## Prices that are shipped",
    `Regions: ${Object.entries(regions)
      .map(([name, count]) => `${name} (${count} prices)`)
      .join(", ")}. \`groundplan cost refresh\` writes a table with those of any Region.`,
    table(
      ["AWS's page", "checked", "against"],
      sources.map(({ page: address, date, checked }) => [address, date, checked]),
    ),
  );
}

function reasons(free: Costs["free"]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const [type, why] of Object.entries(free)) groups.set(why, [...(groups.get(why) ?? []), type]);
  return [...groups].map(([why, types]) => [why, types.sort().map(code).join(" ")]);
}
