import type { Metadata } from "./metadata";

/** Hours of a month, as AWS counts. */
const HOURS = 730;

/** What previews cost. */
export interface Costs {
  readonly previews: readonly {
    readonly name: string;
    readonly owner: string;
    readonly status: string;

    /** US dollars a month; undefined where nobody knows. */
    readonly monthly?: number;

    /** US dollars since it was made, as if it had been awake all the time. */
    readonly soFar?: number;
  }[];
  readonly monthly: number;
  readonly currency: "USD";
  readonly unknown: number;
}

/** What previews cost by what was found when they were planned. @param now - milliseconds. */
export function costsOf(
  all: readonly Pick<Metadata, "name" | "owner" | "status" | "cost" | "createdAt">[],
  now: number,
): Costs {
  const previews = all.map(({ name, owner, status, cost, createdAt }) => {
    if (!cost) return { name, owner, status };
    const hours = Math.max(0, now - Date.parse(createdAt)) / 3_600_000;
    return { name, owner, status, monthly: cost.monthly, soFar: cents((cost.monthly * hours) / HOURS) };
  });
  const monthly = cents(previews.reduce((sum, one) => sum + (one.monthly ?? 0), 0));
  const unknown = previews.filter((one) => one.monthly === undefined).length;
  return { previews, monthly, currency: "USD", unknown };
}

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}
