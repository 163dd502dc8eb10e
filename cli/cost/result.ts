import { type Static, Type } from "@sinclair/typebox";
import { documentSchema } from "../console/document";

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const COUNT = Type.Integer({ minimum: 0 });
const AMOUNT = Type.Object(
  { low: Type.Number(), high: Type.Number() },
  { description: "US dollars a month; low and high are the same where it is known" },
);
const STATUS = Type.Union(["priced", "free", "usage", "unknown"].map((status) => Type.Literal(status)));
const DAY = Type.String({ description: "YYYY-MM-DD" });

const RESOURCE = Type.Object({
  address: NAME,
  type: NAME,
  action: NAME,
  status: STATUS,
  why: Type.Optional(TEXT),
  before: Type.Optional(AMOUNT),
  after: Type.Optional(AMOUNT),
  change: Type.Optional(AMOUNT),
  parts: Type.Array(
    Type.Object({
      name: NAME,
      quantity: Type.Object({ low: Type.Number(), high: Type.Number() }),
      unit: TEXT,
      monthly: AMOUNT,
      date: DAY,
      page: TEXT,
      sleeps: Type.Boolean(),
    }),
  ),
  byUse: Type.Array(NAME, {
    description: "what is billed by use besides, and is in no sum: names for the usage file",
  }),
});

const PRICE = {
  before: AMOUNT,
  after: AMOUNT,
  change: AMOUNT,
  counts: Type.Object({ priced: COUNT, free: COUNT, usage: COUNT, unknown: COUNT }),
  unknown: Type.Record(TEXT, COUNT),
};

/** What `groundplan cost --json` prints. */
export const COST_SCHEMA = documentSchema("groundplan.cost", "What stacks cost in a month.", {
  currency: Type.Literal("USD"),
  hours: Type.Integer({ description: "hours of a month" }),
  pricesOf: Type.String({ description: "when the oldest of the prices was checked, YYYY-MM-DD" }),
  of: Type.Union([Type.Literal("code"), Type.Literal("plan")], {
    description: "whether the code was priced as if all of it were new, or plans",
  }),
  ...PRICE,
  stacks: Type.Array(
    Type.Object({
      name: NAME,
      environment: Type.Optional(NAME),
      pricesOf: DAY,
      ...PRICE,
      resources: Type.Array(RESOURCE),
    }),
  ),
  threshold: Type.Optional(
    Type.Object(
      { monthly: Type.Number(), above: Type.Boolean() },
      { description: "an increase that is told" },
    ),
  ),
});

/** What `groundplan cost refresh --json` prints. */
export const REFRESH_SCHEMA = documentSchema("groundplan.cost.refresh", "Prices that were asked for.", {
  file: NAME,
  regions: Type.Array(
    Type.Object({
      region: NAME,
      prices: COUNT,
      changed: Type.Array(
        Type.Object({
          key: NAME,
          before: Type.Optional(Type.Number()),
          after: Type.Optional(Type.Number()),
        }),
      ),
      missing: Type.Array(NAME, { description: "keys for which AWS lists no price, or several" }),
    }),
  ),
});

/** What stacks cost. */
export type CostResult = Static<typeof COST_SCHEMA>;
