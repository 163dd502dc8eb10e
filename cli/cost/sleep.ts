import { type Amount, NOTHING, sumOf, times } from "./amount";
import type { PlanPrice } from "./price";
import { HOURS } from "./pricing";

/** How something sleeps. */
export interface Sleep {
  /**
   * Whether databases are stopped, whose storage is billed on.
   *
   * @default true
   */
  readonly database?: boolean;

  /**
   * Hours of a month in which it sleeps, 0 to 730.
   *
   * @default 730
   */
  readonly hoursAsleep?: number;
}

/**
 * What sleeping saves in a month, in US dollars: tasks of Fargate services with their addresses, and the hours of databases.
 * Load balancers, storage and everything else are billed on.
 */
export function sleepSaving(
  { resources }: Pick<PlanPrice, "resources">,
  { database = true, hoursAsleep = HOURS }: Sleep = {},
): Amount {
  const hours = Math.min(Math.max(hoursAsleep, 0), HOURS);
  const parts = resources
    .filter(({ type, action }) => action !== "delete" && (database || type !== "aws_db_instance"))
    .flatMap((one) => one.parts.filter(({ sleeps }) => sleeps));
  if (parts.length === 0) return NOTHING;
  return times(sumOf(parts.map(({ monthly }) => monthly)), hours / HOURS);
}
