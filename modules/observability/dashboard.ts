import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import { jsonText } from "../core";

/** What the dashboard shows of a function. */
export interface DashboardFunction {
  /** Name of the function. */
  readonly functionName: string;

  /** Alias whose calls are counted. */
  readonly aliasName: string;

  /** Log group whose last errors are shown. */
  readonly logGroupName: string;

  /** Alarms that are shown. */
  readonly alarmArns: readonly string[];
}

/** What it shows of an HTTP API. */
export interface DashboardApi {
  /** Id of the API. */
  readonly apiId: string;

  /** Alarms that are shown. */
  readonly alarmArns: readonly string[];
}

/** Properties of {@link ServiceDashboard}. */
export interface ServiceDashboardProps {
  /** Name of the dashboard, 1 to 255 letters, digits, `-` and `_`. */
  readonly name: string;

  /** AWS Region of the metrics and logs. */
  readonly region: string;

  /** The function of the service. */
  readonly function: DashboardFunction;

  /**
   * The HTTP API in front of the function.
   *
   * @default - no row for an API
   */
  readonly api?: DashboardApi;
}

/**
 * What a service does, on one page: calls and failures, durations, concurrency, its API, its alarms, its last errors.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export class ServiceDashboard extends Construct {
  constructor(scope: Construct, id: string, props: ServiceDashboardProps) {
    super(scope, id);
    const { functionName, aliasName, logGroupName } = props.function;
    const { region, api } = props;
    const lambda = (title: string, metrics: readonly (readonly [metric: string, stat: string])[]) => ({
      title,
      metrics: metrics.map(([metric, stat]) => [
        "AWS/Lambda",
        metric,
        "FunctionName",
        functionName,
        "Resource",
        `${functionName}:${aliasName}`,
        { stat, label: metrics.length > 1 && metric === "Duration" ? stat : metric },
      ]),
    });
    const gateway = (title: string, metrics: readonly (readonly [metric: string, stat: string])[]) => ({
      title,
      metrics: metrics.map(([metric, stat]) => [
        "AWS/ApiGateway",
        metric,
        "ApiId",
        api?.apiId,
        { stat, label: metric === "Latency" ? `${metric} ${stat}` : metric },
      ]),
    });
    const rows = [
      [
        lambda("Calls and failures", [
          ["Invocations", "Sum"],
          ["Errors", "Sum"],
          ["Throttles", "Sum"],
        ]),
        lambda("Duration, ms", [
          ["Duration", "p50"],
          ["Duration", "p99"],
        ]),
        lambda("Calls at once", [["ConcurrentExecutions", "Maximum"]]),
      ],
      ...(api
        ? [
            [
              gateway("API: answers", [
                ["Count", "Sum"],
                ["4xx", "Sum"],
                ["5xx", "Sum"],
              ]),
              gateway("API: latency, ms", [
                ["Latency", "p50"],
                ["Latency", "p99"],
              ]),
            ],
          ]
        : []),
    ];
    const charts = rows.flatMap((row, y) =>
      row.map((chart, x) => ({
        type: "metric",
        x: x * 8,
        y: y * 6,
        width: 8,
        height: 6,
        properties: { ...chart, region, view: "timeSeries", period: 60 },
      })),
    );
    const alarms = {
      type: "alarm",
      x: 0,
      y: rows.length * 6,
      width: 24,
      height: 3,
      properties: { title: "Alarms", alarms: [...props.function.alarmArns, ...(api?.alarmArns ?? [])] },
    };
    const lastErrors = {
      type: "log",
      x: 0,
      y: alarms.y + alarms.height,
      width: 24,
      height: 6,
      properties: {
        title: "Last errors",
        region,
        view: "table",
        query: `SOURCE '${logGroupName}' | fields @timestamp, message, errorMessage | filter level like /ERROR/ | sort @timestamp desc | limit 20`,
      },
    };
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.name,
      dashboardBody: jsonText({ widgets: [...charts, alarms, lastErrors] }),
    });
  }
}
