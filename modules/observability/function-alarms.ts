import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { ALARM_TIMES } from "./alarm-times";
import { alarmOf, failedPercent, made, slowest } from "./alarms";
import type { FunctionAlarmSettings } from "./function-alarm-settings";

/** Properties of {@link FunctionAlarms}. */
export interface FunctionAlarmsProps extends FunctionAlarmSettings {
  /** Name of the function, which begins the alarms' names. */
  readonly functionName: string;

  /** Alias whose calls are watched: those of other versions are nobody's. */
  readonly alias: string;

  /** Timeout of the function in seconds. */
  readonly timeoutSeconds: number;
}

/** Namespace of Lambda's metrics. */
const LAMBDA = "AWS/Lambda";

/**
 * The alarms of a function: errors, throttles and duration of what its alias is asked.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export class FunctionAlarms extends Construct {
  /** Names of the alarms; a gradual deploy goes back when one of them is on. */
  readonly alarmNames: readonly string[];

  /** ARNs of the alarms, for a dashboard. */
  readonly alarmArns: readonly string[];

  constructor(scope: Construct, id: string, props: FunctionAlarmsProps) {
    super(scope, id);
    const { functionName, errorPercent = 1, throttles = 0, topicArns = [] } = props;
    const dimensions = dimensionsOf(props);
    const to = { of: functionName, topicArns };
    const alarms = [
      new CloudwatchMetricAlarm(this, "errors", {
        ...alarmOf("errors", to),
        alarmDescription: `More than ${errorPercent} % of the calls of ${functionName} failed in two of three minutes`,
        threshold: errorPercent,
        ...failedPercent("errors", LAMBDA, ["Errors", "Invocations"], dimensions),
      }),
      new CloudwatchMetricAlarm(this, "throttles", {
        ...alarmOf("throttles", to),
        alarmDescription: `More than ${throttles} calls of ${functionName} were refused for lack of concurrency in a minute`,
        threshold: throttles,
        namespace: LAMBDA,
        metricName: "Throttles",
        dimensions,
        period: ALARM_TIMES.throttles.periodSeconds,
        statistic: "Sum",
      }),
      new CloudwatchMetricAlarm(this, "duration", {
        ...alarmOf("duration", to),
        ...durationOf(props),
        ...slowest("duration", LAMBDA, "Duration", dimensions),
      }),
    ];
    ({ alarmNames: this.alarmNames, alarmArns: this.alarmArns } = made(alarms));
  }
}

/** Properties of {@link CanaryAlarms}. */
export interface CanaryAlarmsProps extends FunctionAlarmsProps {
  /** The newest version of the function. */
  readonly version: string;
}

/**
 * The alarms of a function's newest version alone: errors and duration of the calls that the alias gives to it.
 *
 * While it gets a tenth of the calls, the alias's own alarms see a tenth of its faults. Throttles are the
 * function's, whichever version is called.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
 */
export class CanaryAlarms extends Construct {
  /** The alarms: the alias waits for them. */
  readonly alarms: readonly CloudwatchMetricAlarm[];

  /** Names of the alarms; a gradual deploy goes back when one of them is on. */
  readonly alarmNames: readonly string[];

  /** ARNs of the alarms, for a dashboard. */
  readonly alarmArns: readonly string[];

  constructor(scope: Construct, id: string, props: CanaryAlarmsProps) {
    super(scope, id);
    const { functionName, version, errorPercent = 1, topicArns = [] } = props;
    const dimensions = { ...dimensionsOf(props), ExecutedVersion: version };
    const to = { of: functionName, topicArns };
    this.alarms = [
      new CloudwatchMetricAlarm(this, "errors", {
        ...alarmOf("canary-errors", to),
        alarmDescription: `More than ${errorPercent} % of the calls of the newest version of ${functionName} failed in two of five minutes`,
        threshold: errorPercent,
        ...failedPercent("canary-errors", LAMBDA, ["Errors", "Invocations"], dimensions),
      }),
      new CloudwatchMetricAlarm(this, "duration", {
        ...alarmOf("canary-duration", to),
        ...durationOf(props),
        ...slowest("canary-duration", LAMBDA, "Duration", dimensions),
      }),
    ];
    ({ alarmNames: this.alarmNames, alarmArns: this.alarmArns } = made(this.alarms));
  }
}

function dimensionsOf({ functionName, alias }: FunctionAlarmsProps) {
  return { FunctionName: functionName, Resource: `${functionName}:${alias}` };
}

function durationOf({
  functionName,
  timeoutSeconds,
  durationMs = timeoutSeconds * 800,
}: FunctionAlarmsProps) {
  return {
    alarmDescription: `One of a hundred calls of ${functionName} takes more than ${durationMs} ms`,
    threshold: durationMs,
  };
}
