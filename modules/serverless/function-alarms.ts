import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { AlarmSettings } from "./function-props";

/** Properties of {@link FunctionAlarms}. */
export interface FunctionAlarmsProps extends AlarmSettings {
  readonly functionName: string;

  /** Alias whose calls are watched: those of other versions are nobody's. */
  readonly alias: string;

  /** Timeout of the function in seconds. */
  readonly timeoutSeconds: number;
}

/**
 * The alarms of a function: errors, throttles and duration of what its alias is asked.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export class FunctionAlarms extends Construct {
  /** Names of the alarms; a gradual deploy goes back when one of them is on. */
  readonly alarmNames: readonly string[];

  constructor(scope: Construct, id: string, props: FunctionAlarmsProps) {
    super(scope, id);
    const { functionName, alias, timeoutSeconds } = props;
    const { errorPercent = 1, throttles = 0, durationPercent = 80, topicArns = [] } = props;
    const dimensions = { FunctionName: functionName, Resource: `${functionName}:${alias}` };
    const common = {
      // No call at all is no fault.
      treatMissingData: "notBreaching",
      comparisonOperator: "GreaterThanThreshold",
      alarmActions: [...topicArns],
      okActions: [...topicArns],
    };
    const name = (kind: string) => `${functionName}-${kind}`;
    const metric = (metricName: string) => ({
      namespace: "AWS/Lambda",
      metricName,
      dimensions,
      period: 60,
      stat: "Sum",
    });
    const alarms = [
      new CloudwatchMetricAlarm(this, "errors", {
        ...common,
        alarmName: name("errors"),
        alarmDescription: `More than ${errorPercent} % of the calls of ${functionName} failed in two of three minutes`,
        threshold: errorPercent,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
        metricQuery: [
          {
            id: "rate",
            expression: "100 * errors / MAX([errors, invocations])",
            label: "Failed, %",
            returnData: true,
          },
          { id: "errors", metric: metric("Errors") },
          { id: "invocations", metric: metric("Invocations") },
        ],
        tags: { Name: name("errors") },
      }),
      new CloudwatchMetricAlarm(this, "throttles", {
        ...common,
        alarmName: name("throttles"),
        alarmDescription: `More than ${throttles} calls of ${functionName} were refused for lack of concurrency in five minutes`,
        threshold: throttles,
        evaluationPeriods: 1,
        namespace: "AWS/Lambda",
        metricName: "Throttles",
        dimensions,
        period: 300,
        statistic: "Sum",
        tags: { Name: name("throttles") },
      }),
      new CloudwatchMetricAlarm(this, "duration", {
        ...common,
        alarmName: name("duration"),
        alarmDescription: `One of a hundred calls of ${functionName} takes more than ${durationPercent} % of its timeout of ${timeoutSeconds} s`,
        // Milliseconds.
        threshold: timeoutSeconds * 10 * durationPercent,
        evaluationPeriods: 3,
        namespace: "AWS/Lambda",
        metricName: "Duration",
        dimensions,
        period: 60,
        extendedStatistic: "p99",
        tags: { Name: name("duration") },
      }),
    ];
    this.alarmNames = alarms.map((alarm) => alarm.alarmName);
  }
}
