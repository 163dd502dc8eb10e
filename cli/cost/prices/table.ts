import { type Static, Type } from "@sinclair/typebox";
import { InputError } from "../../input/file";
import { schemaCheck } from "../../input/schema";
import SHIPPED from "./aws.json";

/** Value of `format` in a table of prices. */
export const PRICES_FORMAT = "groundplan.prices";

const day = (description: string) => Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description });

const PRICE = Type.Object(
  {
    usd: Type.Number({ minimum: 0, description: "US dollars for one unit; the key ends with the unit" }),
    source: Type.String({ minLength: 1, description: "a key of sources" }),
    date: Type.Optional(day("when it was checked, where not on the source's day")),
  },
  { additionalProperties: false },
);

/** A table of prices as a file: on-demand prices in US dollars, without tax, free tiers and discounts. */
export const PRICES_SCHEMA = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    format: Type.Literal(PRICES_FORMAT),
    version: Type.Literal(1),
    currency: Type.Literal("USD"),
    sources: Type.Record(
      Type.String(),
      Type.Object(
        {
          page: Type.String({ pattern: "^https://", description: "AWS's own page of these prices" }),
          date: day("when they were checked"),
          checked: Type.String({ minLength: 1, description: "against what they were checked" }),
        },
        { additionalProperties: false },
      ),
    ),
    regions: Type.Record(
      Type.String({ pattern: "^(global|[a-z]{2}(-[a-z]+)+-\\d)$" }),
      Type.Record(Type.String({ pattern: "^[a-z0-9-]+(/[A-Za-z0-9._-]+)+$" }), PRICE, {
        additionalProperties: false,
      }),
      { additionalProperties: false },
    ),
  },
  {
    $id: "groundplan-prices.schema.json",
    title: "Prices of AWS that groundplan cost reckons with",
    additionalProperties: false,
  },
);

/** A table of prices. */
export type PriceTable = Readonly<Static<typeof PRICES_SCHEMA>>;

/** One price of a table. */
export interface Price {
  readonly key: string;
  readonly usd: number;

  /** When it was checked, YYYY-MM-DD. */
  readonly date: string;

  /** AWS's page. */
  readonly page: string;
}

/** The prices that Groundplan ships with. */
export const SHIPPED_PRICES = SHIPPED as PriceTable;

const check = schemaCheck<PriceTable>(PRICES_SCHEMA);

/** Reads a table. @throws InputError that says which part is wrong. */
export function priceTable(value: unknown): PriceTable {
  const table = check(value);
  for (const [region, prices] of Object.entries(table.regions)) {
    for (const [key, { source }] of Object.entries(prices)) {
      if (!Object.hasOwn(table.sources, source))
        throw new InputError(`/regions/${region}/${key} names a source that is not in it: ${source}`);
    }
  }
  return table;
}

/** A price of a Region, or of a service that has the same everywhere; undefined where the table has none. */
export function priceIn(table: PriceTable, region: string | undefined, key: string): Price | undefined {
  const found =
    own(table.regions.global, key) ??
    (region === undefined ? undefined : own(own(table.regions, region), key));
  if (!found) return undefined;
  const source = own(table.sources, found.source);
  return { key, usd: found.usd, date: found.date ?? source?.date ?? "", page: source?.page ?? "" };
}

/** The newest day on which a price of a table was checked. */
export function dayOf(table: PriceTable): string {
  return Object.values(table.sources)
    .map(({ date }) => date)
    .sort()
    .at(-1) as string;
}

/** A key may be the name of something that every object has. */
function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}
