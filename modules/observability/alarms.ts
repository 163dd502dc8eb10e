import type {
  CloudwatchMetricAlarm,
  CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Fault } from "../core/errors";
import { ALARM_TIMES, type AlarmKind } from "./alarm-times";

/** Dimensions of a metric. */
export type Dimensions = Readonly<Record<string, string>>;

type Part<K extends keyof CloudwatchMetricAlarmConfig> = Pick<CloudwatchMetricAlarmConfig, K>;

/** What all alarms of a kind have: a name, whom they tell, and when they go on. */
export function alarmOf(
  kind: AlarmKind,
  { of, topicArns = [] }: { readonly of: string; readonly topicArns?: readonly string[] },
) {
  const { breaching, of: periods } = ALARM_TIMES[kind];
  const name = `${of}-${kind}`;
  return {
    alarmName: name,
    // No call at all is no fault.
    treatMissingData: "notBreaching",
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: periods,
    datapointsToAlarm: breaching,
    alarmActions: [...topicArns],
    okActions: [...topicArns],
    tags: { Name: name },
  };
}

/** The failed of a hundred calls. */
export function failedPercent(
  kind: AlarmKind,
  namespace: string,
  [errors, calls]: readonly [errors: string, calls: string],
  dimensions: Dimensions,
): Part<"metricQuery"> {
  const metric = (metricName: string) => ({
    namespace,
    metricName,
    dimensions,
    period: ALARM_TIMES[kind].periodSeconds,
    stat: "Sum",
  });
  return {
    metricQuery: [
      {
        id: "rate",
        expression: "100 * errors / MAX([errors, calls])",
        label: "Failed, %",
        returnData: true,
      },
      { id: "errors", metric: metric(errors) },
      { id: "calls", metric: metric(calls) },
    ],
  };
}

/** What 99 of 100 calls stay below, in milliseconds. */
export function slowest(
  kind: AlarmKind,
  namespace: string,
  metricName: string,
  dimensions: Dimensions,
): Part<"namespace" | "metricName" | "dimensions" | "period" | "extendedStatistic"> {
  const period = ALARM_TIMES[kind].periodSeconds;
  return { namespace, metricName, dimensions, period, extendedStatistic: "p99" };
}

/** Alarms that were made: their names and their ARNs. */
export function made(alarms: readonly CloudwatchMetricAlarm[]) {
  return {
    alarmNames: alarms.map(({ alarmName }) => alarmName),
    alarmArns: alarms.map(({ arn }) => arn),
  };
}

/** The faults of a share of calls, in percent. */
export function percentFaults(what: string, value: number, least = 0): readonly Fault[] {
  if (value >= least && value <= 100) return [];
  return [{ what: `${what} is ${value}`, instead: `use ${least} to 100, e.g. 1` }];
}

/** The faults of the topics that alarms tell; a value with a token in it is not judged. */
export function topicFaults(topicArns: readonly string[] = []): readonly Fault[] {
  return topicArns
    .filter((arn) => !arn.includes("${") && !/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/.test(arn))
    .map((arn) => ({
      what: `topic ${JSON.stringify(arn)} is not the ARN of an SNS topic that alarms can tell`,
      instead: 'use e.g. "arn:aws:sns:us-east-1:123456789012:alarms"',
    }));
}
