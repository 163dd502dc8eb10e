import type { PlanJson, ResourceChangeJson } from "../plan/plan-json";
import type { RawPlan } from "../plan/raw";
import { redactChange } from "../plan/redact";
import { type Surroundings, surroundingsOf } from "../plan/references";
import { type Amount, difference, NOTHING, sumOf, weight } from "./amount";
import { PlanAround, type Side, withoutKeys } from "./around";
import { dayOf, type PriceTable, SHIPPED_PRICES } from "./prices/table";
import { HOURS } from "./pricing";
import { regionOf } from "./region";
import { type PricedPart, priceSide, type SidePrice } from "./side";
import { NO_USAGE, type Usage } from "./usage";
import { Values } from "./values";

/** With what a plan is priced. */
export interface PriceOptions {
  /** Region of what does not say its own. @default - the plan's */
  readonly region?: string | undefined;

  /** What is used in a month. @default - nothing is said of it */
  readonly usage?: Usage | undefined;

  /** @default - the prices that Groundplan ships with */
  readonly prices?: PriceTable | undefined;

  /** The day for which it is priced, YYYY-MM-DD. @default - today, UTC */
  readonly day?: string | undefined;
}

/** What becomes of a resource. */
export type PriceAction = "create" | "update" | "replace" | "delete" | "forget" | "none";

/**
 * - `priced`: there is a number, be it a range;
 * - `free`: it costs nothing by itself, and `why` says why;
 * - `usage`: it is billed by use alone, and nobody says how much;
 * - `unknown`: there is no price of it here, and `why` says why. It is in no sum.
 */
export type PriceStatus = "priced" | "free" | "usage" | "unknown";

/** What one resource costs. */
export interface ResourcePrice {
  readonly address: string;
  readonly type: string;
  readonly action: PriceAction;
  readonly status: PriceStatus;

  /** A sentence without values of the plan. */
  readonly why?: string;

  /** US dollars a month; none where it is unknown. */
  readonly before?: Amount;
  readonly after?: Amount;
  readonly change?: Amount;

  /** What it is billed for, as it will be; of one that goes, as it was. */
  readonly parts: readonly PricedPart[];

  /** What is billed by use besides, and is in no sum: names for the usage file. */
  readonly byUse: readonly string[];
}

/** What a plan costs in US dollars a month: on-demand prices, without tax, discounts and free tiers. */
export interface PlanPrice {
  readonly currency: "USD";

  /** Hours of a month. */
  readonly hours: typeof HOURS;

  /** When the oldest of the prices that were used was checked, YYYY-MM-DD; of none the table's day. */
  readonly pricesOf: string;

  /** Sums of what has a price, before and after the plan. */
  readonly before: Amount;
  readonly after: Amount;
  readonly change: Amount;

  /** The dearest change first, whichever its sign is. */
  readonly resources: readonly ResourcePrice[];
  readonly counts: Readonly<Record<PriceStatus, number>>;

  /** How many resources of a type have no price here. */
  readonly unknown: Readonly<Record<string, number>>;
}

/**
 * Prices a plan in Terraform's JSON, as `terraform show -json` prints it or as Groundplan keeps it. It asks nobody. What has
 * no price that was checked is counted, and never guessed.
 */
export function priceOf(plan: PlanJson | RawPlan, options: PriceOptions = {}): PlanPrice {
  const { prices = SHIPPED_PRICES, usage = NO_USAGE, day = today() } = options;
  const place = placeOf(plan);
  const redacted = new Map<ResourceChangeJson, ResourceChangeJson["change"]>();
  const changeOf = (resource: ResourceChangeJson) => {
    const known = redacted.get(resource);
    if (known) return known;
    const change = redactChange(resource.change);
    redacted.set(resource, change);
    return change;
  };
  const valuesOf = (resource: ResourceChangeJson, side: Side): Values | undefined => {
    const change = changeOf(resource);
    if (side === "before") return change.before == null ? undefined : new Values(change.before);
    // What is created, and of which nothing at all is known, is there too.
    if (change.after == null && change.after_unknown !== true) return undefined;
    return new Values(change.after, change.after_unknown);
  };
  const around = new PlanAround({ ...plan, ...place }, valuesOf, day);
  const managed = (plan.resource_changes ?? []).filter(({ mode }) => mode !== "data");
  const resources = managed.map((resource): ResourcePrice => {
    const { address, type } = resource;
    const region =
      regionOf(changeOf(resource)) ?? place.regions?.[withoutKeys(address)] ?? place.region ?? options.region;
    const side = (which: Side): SidePrice | undefined => {
      const values = valuesOf(resource, which);
      return (
        values &&
        priceSide({ address, type, values, around: around.of(resource, which), region, usage, prices })
      );
    };
    return changePrice(resource, side("before"), side("after"));
  });
  return totalOf(resources, prices);
}

/** What a resource costs before and after. Where one side has no price, no difference has. */
function changePrice(
  { address, type, change: { actions } }: ResourceChangeJson,
  before: SidePrice | undefined,
  planned: SidePrice | undefined,
): ResourcePrice {
  const action = actionOf(actions);
  // What is only forgotten is billed on.
  const stays = actions.includes("forget") ? before : undefined;
  const sides = [before, planned].flatMap((side) => side ?? []);
  const shown = planned ?? before;
  const base = { address, type, action, parts: shown?.parts ?? [], byUse: shown?.byUse ?? [] };
  const unknown = sides.find(({ status }) => status === "unknown");
  if (unknown || !shown)
    return { ...base, parts: [], status: "unknown", why: unknown?.why ?? "it has no values" };
  const after = sumOf(
    [action === "forget" ? undefined : planned, stays].flatMap((side) => side?.monthly ?? []),
  );
  const amounts = { before: before?.monthly ?? NOTHING, after };
  const status = sides.some((side) => side.status === "priced") ? "priced" : shown.status;
  return {
    ...base,
    status,
    ...(shown.why === undefined ? {} : { why: shown.why }),
    ...amounts,
    // What does not change costs as much as before, however much that is.
    change:
      action === "none"
        ? NOTHING
        : partsChange(stays ? [] : (before?.parts ?? []), action === "forget" ? [] : (planned?.parts ?? [])),
  };
}

/** What the parts that differ become dearer by: the others cost what they cost, however much that is. */
function partsChange(before: readonly PricedPart[], after: readonly PricedPart[]): Amount {
  const rest = new Map<string, PricedPart[]>();
  for (const part of before) rest.set(keyOf(part), [...(rest.get(keyOf(part)) ?? []), part]);
  const added = after.filter((part) => rest.get(keyOf(part))?.pop() === undefined);
  const gone = [...rest.values()].flat();
  const monthly = (parts: readonly PricedPart[]) => sumOf(parts.map((part) => part.monthly));
  return difference(monthly(added), monthly(gone));
}

function keyOf({ name, quantity, monthly }: PricedPart): string {
  return JSON.stringify([name, quantity, monthly]);
}

function totalOf(resources: readonly ResourcePrice[], prices: PriceTable): PlanPrice {
  const ordered = [...resources].sort(
    (a, b) =>
      weight(b.change ?? NOTHING) - weight(a.change ?? NOTHING) ||
      weight(b.after ?? NOTHING) - weight(a.after ?? NOTHING) ||
      (a.address < b.address ? -1 : a.address > b.address ? 1 : 0),
  );
  const sum = (name: "before" | "after" | "change") => sumOf(resources.flatMap((one) => one[name] ?? []));
  const count = (status: PriceStatus) => resources.filter((one) => one.status === status).length;
  const unknown = new Map<string, number>();
  for (const { status, type } of ordered)
    if (status === "unknown") unknown.set(type, (unknown.get(type) ?? 0) + 1);
  const days = resources.flatMap(({ parts }) => parts.map(({ date }) => date)).sort();
  return {
    currency: "USD",
    hours: HOURS,
    pricesOf: days[0] ?? dayOf(prices),
    before: sum("before"),
    after: sum("after"),
    change: sum("change"),
    resources: ordered,
    counts: {
      priced: count("priced"),
      free: count("free"),
      usage: count("usage"),
      unknown: count("unknown"),
    },
    unknown: Object.fromEntries([...unknown].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Of a raw plan what its configuration says; of one that Groundplan has kept what it has read of it. */
function placeOf(plan: PlanJson | RawPlan): Surroundings {
  const raw = plan as RawPlan & Surroundings;
  return raw.configuration === undefined ? raw : surroundingsOf(raw.configuration, raw.variables);
}

function actionOf(actions: readonly string[]): PriceAction {
  const ends = actions.includes("delete") || actions.includes("forget");
  if (actions.includes("create")) return ends ? "replace" : "create";
  if (actions.includes("delete")) return "delete";
  if (actions.includes("forget")) return "forget";
  return actions.includes("update") ? "update" : "none";
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
