import { CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import { unreachable } from "../aws/errors";
import { ttlOf } from "./duration";
import type { Metadata } from "./metadata";

/** Metrics that one call asks for at most. */
const MOST = 500;

/** Length of an interval of the metrics, in seconds: five minutes. */
const INTERVAL = 300;

/**
 * Requests that each preview got in its idle time, by its name: one call for five hundred previews. Those without an idle
 * time, or without an address, are left out; so is one whose load balancer has not said anything yet.
 *
 * @param loadBalancer - ARN of the shared load balancer. @param now - milliseconds.
 */
export async function requestsOf(
  previews: readonly Metadata[],
  loadBalancer: string,
  region: string,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const asked = previews.flatMap((preview) => {
    const group = preview.outputs?.target_group;
    const idle = ttlOf(preview.sleep?.idle ?? "");
    return preview.status === "active" && idle !== undefined && typeof group === "string"
      ? [{ name: preview.name, group, idle }]
      : [];
  });
  const cloudWatch = new CloudWatchClient({ region });
  const found = new Map<string, number>();
  for (let at = 0; at < asked.length; at += MOST) {
    const some = asked.slice(at, at + MOST);
    const queries = some.map(
      ({ group }, index): MetricDataQuery => ({
        Id: `r${index}`,
        ReturnData: true,
        MetricStat: {
          Stat: "Sum",
          Period: INTERVAL,
          Metric: {
            Namespace: "AWS/ApplicationELB",
            MetricName: "RequestCount",
            Dimensions: [
              { Name: "TargetGroup", Value: resourceOf(group) },
              { Name: "LoadBalancer", Value: resourceOf(loadBalancer).replace(/^loadbalancer\//, "") },
            ],
          },
        },
      }),
    );
    const longest = Math.max(...some.map(({ idle }) => idle));
    try {
      const pages = paginateGetMetricData(
        { client: cloudWatch },
        { MetricDataQueries: queries, StartTime: new Date(now - longest), EndTime: new Date(now) },
      );
      // Long idle times come in several pages, and one preview's values may go on in the next.
      for await (const { MetricDataResults = [] } of pages) {
        for (const { Id, Values = [], Timestamps = [] } of MetricDataResults) {
          const one = some[Number(Id?.slice(1))];
          if (!one) continue;
          const recent = Values.filter((_, index) => (Timestamps[index]?.getTime() ?? 0) >= now - one.idle);
          const sum = recent.reduce((total, value) => total + value, 0);
          found.set(one.name, (found.get(one.name) ?? 0) + sum);
        }
      }
    } catch (error) {
      throw unreachable(error);
    }
  }
  return found;
}

/** What follows the account in an ARN, as the metrics name it. */
function resourceOf(arn: string): string {
  return arn.split(":").slice(5).join(":");
}
