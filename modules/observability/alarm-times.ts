/** When an alarm goes on: so many periods that breach, of the newest so many. */
export interface AlarmTimes {
  /** Length of a period in seconds. */
  readonly periodSeconds: number;

  /** Periods that must breach. */
  readonly breaching: number;

  /** Newest periods that are looked at. */
  readonly of: number;
}

/** The alarms by which a gradual deploy goes back, by the ends of their names. */
export const ALARM_TIMES = {
  errors: { periodSeconds: 60, breaching: 2, of: 3 },
  throttles: { periodSeconds: 60, breaching: 1, of: 1 },
  duration: { periodSeconds: 60, breaching: 3, of: 3 },
  // A new version gets few calls, and not in every minute.
  "canary-errors": { periodSeconds: 60, breaching: 2, of: 5 },
  "canary-duration": { periodSeconds: 60, breaching: 2, of: 5 },
  "http-5xx": { periodSeconds: 60, breaching: 2, of: 3 },
  "http-latency": { periodSeconds: 60, breaching: 3, of: 3 },
} as const satisfies Readonly<Record<string, AlarmTimes>>;

/** What an alarm is about. */
export type AlarmKind = keyof typeof ALARM_TIMES;

/** Minutes until metrics are in CloudWatch, which Lambda sends once a minute, and until an alarm is evaluated, as often. */
const DELAY_MINUTES = 2;

/**
 * Minutes after which the slowest of these alarms is on for certain, if every call fails: a gradual deploy that is
 * shorter ends before it.
 */
export function leastGradualMinutes(times: readonly AlarmTimes[] = Object.values(ALARM_TIMES)): number {
  const seconds = Math.max(...times.map(({ periodSeconds, breaching }) => periodSeconds * breaching));
  return Math.ceil(seconds / 60) + DELAY_MINUTES;
}
