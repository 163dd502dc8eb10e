import type { Context, Metric } from "./ports";

/** Namespace of the metrics in CloudWatch. */
export const NAMESPACE = "Groundplan/Runners";

/**
 * Counts in CloudWatch by lines of the log, in the embedded metric format: no request, and no right to make one.
 *
 * @param write - takes a line. Lambda passes lines of standard output on as they are, and wraps those of the console.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metrics(fleet: string, now: () => number, write: (line: string) => void): Context["count"] {
  return (metric: Metric, value: number, pool?: string) => {
    const Unit = metric.startsWith("JobSeconds") ? "Seconds" : "Count";
    const line = {
      _aws: {
        Timestamp: Math.round(now() * 1000),
        CloudWatchMetrics: [
          {
            Namespace: NAMESPACE,
            Dimensions: [["Fleet"], ...(pool === undefined ? [] : [["Fleet", "Pool"]])],
            Metrics: [{ Name: metric, Unit }],
          },
        ],
      },
      Fleet: fleet,
      ...(pool === undefined ? {} : { Pool: pool }),
      [metric]: value,
    };
    write(`${JSON.stringify(line)}\n`);
  };
}
