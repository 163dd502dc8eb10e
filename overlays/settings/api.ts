import { leastGradualMinutes } from "@groundplan/modules/observability/alarm-times";
import { isLogRetention, LOG_RETENTION_DAYS } from "@groundplan/modules/observability/retention";
import type { OverlayFaults } from "../overlay-faults";

/** The environment's service `api`. */
export interface ApiSettings {
  /** Memory of the function in MB, 128 to 10240; the processor grows with it. */
  readonly memoryMb: number;

  /** Seconds after which a call is ended, 1 to 29: an HTTP API gives up after 30. */
  readonly timeoutSeconds: number;

  /** Calls at once that are kept for this function, and that it is held to; -1 shares what the account has left. */
  readonly reservedConcurrency: number;

  /** Days for which its logs and those of its API are kept; one of the values that CloudWatch offers. */
  readonly logRetentionDays: number;

  /** Calls a second, and at once, beyond which the API answers 429. */
  readonly throttling: { readonly ratePerSecond: number; readonly burst: number };

  /** Origins whose web pages may call it, e.g. `https://app.example.com`; with none, no page of another origin can. */
  readonly corsOrigins: readonly string[];

  /** Calls of a hundred that may fail before the alarm goes on, 0 to 100. */
  readonly errorPercent: number;

  /** Milliseconds that 99 of 100 calls stay below, in the function and as callers see it, 1 to the timeout. */
  readonly latencyMs: number;

  /** SNS topics that the alarms tell. */
  readonly alarmTopicArns: readonly string[];

  /**
   * How callers get a new artifact: first so many percent of the calls for so many minutes, at most 60, and all of
   * them when no alarm went on meanwhile. 100 percent is at once.
   */
  readonly gradual: { readonly percent: number; readonly minutes: number };

  /**
   * A name of one's own; the one that AWS gives is then turned off.
   *
   * @default - the name that AWS gives
   */
  readonly domain?: {
    readonly name: string;
    readonly certificateArn: string;
    readonly hostedZoneId?: string;
  };
}

/** Defaults of {@link ApiSettings}. */
export const apiDefaults: ApiSettings = {
  memoryMb: 256,
  timeoutSeconds: 10,
  reservedConcurrency: -1,
  logRetentionDays: 30,
  throttling: { ratePerSecond: 50, burst: 100 },
  corsOrigins: [],
  errorPercent: 1,
  latencyMs: 2000,
  alarmTopicArns: [],
  gradual: { percent: 100, minutes: 0 },
};

/** Minutes until the slowest of the alarms is on that end a gradual deploy. */
const ALARM_MINUTES = leastGradualMinutes();

/**
 * Minutes that a gradual deploy takes at most: a job of `.github/workflows/api.yml` watches them, and ends after 90.
 */
export const MOST_GRADUAL_MINUTES = 60;

/** Reports what is wrong with the service `api` of an overlay. */
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
