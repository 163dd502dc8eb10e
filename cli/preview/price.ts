import { type Line, line, paint } from "../console/output";
import { moneyWords } from "../cost/money";
import { type PlanPrice, priceOf } from "../cost/price";
import { projectPricing } from "../cost/project-pricing";
import { sleepSaving } from "../cost/sleep";
import type { RawPlan } from "../plan/raw";
import type { Metadata } from "./metadata";

/** Lines of the dearest parts that are shown. */
const DEAREST = 3;

/** What a preview costs by its plan, with the prices of the platform's settings. @param root - of its checkout. */
export function previewPrice(plan: RawPlan, region: string, root: string | undefined): PlanPrice {
  const { prices, usage } = projectPricing(root) ?? {};
  return priceOf(plan, { region, prices, usage });
}

/** The same as it is stored: the most that it costs; undefined where the price of a part is not known, for a sum of the rest is wrong. */
export function costOf({ after, pricesOf, counts }: PlanPrice): NonNullable<Metadata["cost"]> | undefined {
  if (counts.unknown > 0 || counts.priced + counts.free === 0) return undefined;
  return { monthly: Math.round(after.high * 100) / 100, currency: "USD", pricesOf };
}

/**
 * A price for people: a month, while it sleeps, the dearest parts, and what nobody knows the price of.
 *
 * @param region - for which a table of prices is missing, where nothing has a price.
 */
export function priceLines(price: PlanPrice, region: string): readonly Line[] {
  const { after, before, change, resources, unknown, pricesOf, counts } = price;
  const saving = sleepSaving(price);
  const changed = before.high > 0 ? ` (${moneyWords(change, { sign: true })})` : "";
  const dearest = resources
    .filter(({ after: amount }) => (amount?.high ?? 0) > 0)
    .sort((a, b) => (b.after?.high ?? 0) - (a.after?.high ?? 0))
    .slice(0, DEAREST);
  const types = Object.entries(unknown).map(([type, count]) => `${count} ${type}`);
  const refresh = line`  know them: npx groundplan cost refresh ${region}`;
  if (counts.unknown > 0 && counts.priced === 0)
    return [line`${paint.warning("without a known price")} in ${region}: ${types.join(", ")}`, refresh];
  const least = counts.unknown > 0 ? "at least " : "";
  return [
    line`${paint.strong(`${least}${moneyWords(after)} a month`)}${changed}, prices of ${pricesOf}`,
    ...dearest.map(({ address, after: amount }) => line`  ${amount ? moneyWords(amount) : ""}  ${address}`),
    ...(saving.high > 0 ? [line`  ${moneyWords(saving)} of it is saved while it sleeps`] : []),
    ...(counts.usage > 0 ? [line`  ${counts.usage} parts are billed by use alone, and in no sum`] : []),
    ...(types.length > 0
      ? [line`  ${paint.warning("without a known price")}: ${types.join(", ")}`, refresh]
      : []),
  ];
}
