import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { alarmOf, failedPercent, made, slowest } from "./alarms";
import type { ApiAlarmSettings } from "./api-alarm-settings";

/** Properties of {@link ApiAlarms}. */
export interface ApiAlarmsProps extends ApiAlarmSettings {
  /** Name of the API, which begins the alarms' names. */
  readonly name: string;

  /** Id of the API. */
  readonly apiId: string;

  /** Milliseconds that 99 of 100 calls stay below. */
  readonly latencyMs: number;
}

/** Namespace of API Gateway's metrics. */
const GATEWAY = "AWS/ApiGateway";

/**
 * The alarms of an API: what its callers see of faults, also of those that no function counts, such as a timeout of
 * the integration or a permission that is missing.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export class ApiAlarms extends Construct {
  /** Names of the alarms; a gradual deploy goes back when one of them is on. */
  readonly alarmNames: readonly string[];

  /** ARNs of the alarms, for a dashboard. */
  readonly alarmArns: readonly string[];

  constructor(scope: Construct, id: string, props: ApiAlarmsProps) {
    super(scope, id);
    const { name, apiId, serverErrorPercent = 1, latencyMs, topicArns = [] } = props;
    const dimensions = { ApiId: apiId };
    const to = { of: name, topicArns };
    const alarms = [
      new CloudwatchMetricAlarm(this, "5xx", {
        ...alarmOf("http-5xx", to),
        alarmDescription: `More than ${serverErrorPercent} % of the answers of API ${name} were 5xx in two of three minutes`,
        threshold: serverErrorPercent,
        ...failedPercent("http-5xx", GATEWAY, ["5xx", "Count"], dimensions),
      }),
      new CloudwatchMetricAlarm(this, "latency", {
        ...alarmOf("http-latency", to),
        alarmDescription: `One of a hundred calls of API ${name} takes more than ${latencyMs} ms`,
        threshold: latencyMs,
        ...slowest("http-latency", GATEWAY, "Latency", dimensions),
      }),
    ];
    ({ alarmNames: this.alarmNames, alarmArns: this.alarmArns } = made(alarms));
  }
}
