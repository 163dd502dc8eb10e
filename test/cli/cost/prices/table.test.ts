import {
  dayOf,
  type PriceTable,
  priceIn,
  priceTable,
  SHIPPED_PRICES,
} from "../../../../cli/cost/prices/table";
import { InputError } from "../../../../cli/input/file";

const TABLE: PriceTable = {
  format: "groundplan.prices",
  version: 1,
  currency: "USD",
  sources: {
    vpc: { page: "https://aws.amazon.com/vpc/pricing/", date: "2026-09-10", checked: "the price list" },
  },
  regions: {
    global: { "route53/zone-month": { usd: 0.5, source: "vpc" } },
    "us-east-1": { "nat-gateway/hour": { usd: 0.045, source: "vpc", date: "2026-09-12" } },
  },
};

test("the table that is shipped is one, and each price has AWS's page and a day", () => {
  expect(priceTable(SHIPPED_PRICES)).toBe(SHIPPED_PRICES);
  for (const [region, prices] of Object.entries(SHIPPED_PRICES.regions)) {
    for (const key of Object.keys(prices)) {
      const price = priceIn(SHIPPED_PRICES, region, key);
      expect(price?.page).toMatch(/^https:\/\/aws\.amazon\.com\//);
      expect(price?.date).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  }
});

test("a price is of its Region, or of all", () => {
  expect(priceIn(TABLE, "us-east-1", "nat-gateway/hour")).toEqual({
    key: "nat-gateway/hour",
    usd: 0.045,
    date: "2026-09-12",
    page: "https://aws.amazon.com/vpc/pricing/",
  });
  expect(priceIn(TABLE, undefined, "route53/zone-month")?.date).toBe("2026-09-10");
  expect(priceIn(TABLE, "eu-central-1", "nat-gateway/hour")).toBeUndefined();
  expect(priceIn(TABLE, undefined, "nat-gateway/hour")).toBeUndefined();
  expect(priceIn(TABLE, "constructor", "name")).toBeUndefined();
  expect(priceIn(TABLE, "us-east-1", "constructor")).toBeUndefined();
  expect(dayOf(TABLE)).toBe("2026-09-10");
});

test.each([
  ["another format", { format: "groundplan.other" }],
  ["another currency", { currency: "EUR" }],
  ["a negative price", { regions: { "us-east-1": { "nat-gateway/hour": { usd: -1, source: "vpc" } } } }],
  ["a price without a source", { regions: { "us-east-1": { "nat-gateway/hour": { usd: 1 } } } }],
  [
    "a source that is not there",
    { regions: { "us-east-1": { "nat-gateway/hour": { usd: 1, source: "x" } } } },
  ],
  ["a Region that is none", { regions: { Mars: {} } }],
  ["a source without a page", { sources: { vpc: { date: "2026-09-10", checked: "x" } } }],
])("refuses %s", (_, change) => {
  expect(() => priceTable({ ...TABLE, ...change })).toThrow(InputError);
});
