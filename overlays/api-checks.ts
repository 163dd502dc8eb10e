import { isLogRetention, LOG_RETENTION_DAYS } from "@groundplan/modules/network/retention";
import { leastGradualMinutes } from "@groundplan/modules/serverless/alarm-times";
import type { ApiSettings } from "./environment";
import type { OverlayFaults } from "./overlay-faults";

/** Minutes until the slowest of the alarms is on that end a gradual deploy. */
const ALARM_MINUTES = leastGradualMinutes();

/**
 * Minutes that a gradual deploy takes at most: a job of `.github/workflows/api.yml` watches them, and ends after 90.
 */
export const MOST_GRADUAL_MINUTES = 60;

/** Judges the service `api` of an overlay. */
export function checkApi(faults: OverlayFaults, api: ApiSettings): void {
  faults.wholeNumber("api.memoryMb", api.memoryMb, 128, 10_240, 256);
  faults.wholeNumber("api.timeoutSeconds", api.timeoutSeconds, 1, 29, 10);
  faults.wholeNumber("api.reservedConcurrency", api.reservedConcurrency, -1, Number.POSITIVE_INFINITY, 10);
  if (!isLogRetention(api.logRetentionDays)) {
    const valid = `use one of ${LOG_RETENTION_DAYS.join(", ")}`;
    faults.add("api.logRetentionDays", api.logRetentionDays, "CloudWatch Logs does not offer it", valid);
  }
  const { ratePerSecond, burst } = api.throttling;
  faults.wholeNumber("api.throttling.ratePerSecond", ratePerSecond, 1, Number.POSITIVE_INFINITY, 50);
  faults.wholeNumber("api.throttling.burst", burst, 1, Number.POSITIVE_INFINITY, 100);
  faults.wholeNumber("api.errorPercent", api.errorPercent, 0, 100, 1);
  faults.wholeNumber("api.latencyMs", api.latencyMs, 1, api.timeoutSeconds * 1000, 1000);
  faults.distinct("api.corsOrigins", api.corsOrigins);
  const { percent, minutes } = api.gradual;
  faults.wholeNumber("api.gradual.percent", percent, 1, 100, 10);
  if (!(minutes >= 0 && minutes <= MOST_GRADUAL_MINUTES)) {
    const problem = `not 0 to ${MOST_GRADUAL_MINUTES}, within which a job of api.yml and its credentials can watch`;
    faults.add("api.gradual.minutes", minutes, problem, "use e.g. 10");
  }
  if (percent < 100 && minutes < ALARM_MINUTES) {
    const problem = `no time to find a fault in ${percent} % of the calls: its alarms need up to ${ALARM_MINUTES} minutes`;
    faults.add("api.gradual.minutes", minutes, problem, "use e.g. 10, or 100 percent to switch at once");
  }
}
