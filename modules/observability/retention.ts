import type { Fault } from "../core/errors";

/**
 * Days for which CloudWatch Logs can keep a log group.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Whether CloudWatch Logs offers a retention of so many days. */
export function isLogRetention(days: number): boolean {
  return LOG_RETENTION_DAYS.includes(days);
}

/** The faults of a retention. @param key - of the setting, e.g. `logRetentionDays`. */
export function retentionFaults(key: string, days: number): readonly Fault[] {
  if (isLogRetention(days)) return [];
  return [
    {
      what: `${key} is ${days}: CloudWatch Logs does not offer it`,
      instead: `use one of ${LOG_RETENTION_DAYS.join(", ")}`,
    },
  ];
}
