import { type Line, line, paint } from "../console/output";
import { moneyWords } from "../cost/money";
import { type PlanPrice, priceOf } from "../cost/price";
import { sleepSaving } from "../cost/sleep";
import type { RawPlan } from "../plan/raw";
import type { Metadata } from "./metadata";

/** Lines of the dearest parts that are shown. */
const DEAREST = 3;

/** What a preview costs by its plan. */
export function previewPrice(plan: RawPlan, region: string): PlanPrice {
  return priceOf(plan, { region });
}

/** The same as it is stored: the most that it costs, of what has a price. */
export function costOf({ after, pricesOf, counts }: PlanPrice): NonNullable<Metadata["cost"]> | undefined {
  if (counts.priced + counts.free === 0) return undefined;
  return { monthly: Math.round(after.high * 100) / 100, currency: "USD", pricesOf };
}

/** A price for people: a month, while it sleeps, the dearest parts, and what nobody knows the price of. */
export function priceLines(price: PlanPrice): readonly Line[] {
  const { after, before, change, resources, unknown, pricesOf, counts } = price;
  const saving = sleepSaving(price);
  const changed = before.high > 0 ? ` (${moneyWords(change, { sign: true })})` : "";
  const dearest = resources
    .filter(({ after: amount }) => (amount?.high ?? 0) > 0)
    .sort((a, b) => (b.after?.high ?? 0) - (a.after?.high ?? 0))
    .slice(0, DEAREST);
  const types = Object.entries(unknown).map(([type, count]) => `${count} ${type}`);
  return [
    line`${paint.strong(`${moneyWords(after)} a month`)}${changed}, prices of ${pricesOf}`,
    ...dearest.map(({ address, after: amount }) => line`  ${amount ? moneyWords(amount) : ""}  ${address}`),
    ...(saving.high > 0 ? [line`  ${moneyWords(saving)} of it is saved while it sleeps`] : []),
    ...(counts.usage > 0 ? [line`  ${counts.usage} parts are billed by use alone, and in no sum`] : []),
    ...(types.length > 0 ? [line`  ${paint.warning("without a known price")}: ${types.join(", ")}`] : []),
  ];
}
