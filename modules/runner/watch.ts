import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { jsonText } from "../core";

/** Namespace of what the functions count. */
const NAMESPACE = "Groundplan/Runners";

/** Properties of {@link RunnerWatch}. */
export interface RunnerWatchProps {
  /** Name of the fleet. */
  readonly name: string;

  /** AWS Region of the metrics. */
  readonly region: string;

  /** Name of the queue of orders. */
  readonly queueName: string;

  /** Name of the queue of its dead letters. */
  readonly deadLettersName: string;

  /** Names of the pools. */
  readonly pools: readonly string[];

  /** SNS topics that the alarms tell. */
  readonly topicArns: readonly string[];

  /** Alarms of the functions and of the API, for the dashboard. */
  readonly alarmArns: readonly string[];
}

/** What is counted too often: metric, most in the time, seconds of the time, and what it means. */
const LIMITS = [
  ["lost-webhooks", "LostWebhooks", 5, 900, "webhooks did not arrive: look at the app's recent deliveries"],
  ["orphans", "Orphans", 3, 900, "instances came up without a runner: look at their boot logs"],
  ["overdue", "Overdue", 0, 3600, "instances ran no job and were too old"],
  ["capacity", "CapacityRefused", 20, 900, "launches were refused: name more instance types or zones"],
  ["waiting", "QueueLength", 50, 300, "jobs wait for a runner: raise max of their pool"],
] as const;

/** The alarms of a fleet, and the page on which it is seen. */
export class RunnerWatch extends Construct {
  constructor(scope: Construct, id: string, props: RunnerWatchProps) {
    super(scope, id);
    const { name, topicArns } = props;
    const own = LIMITS.map(([kind, metricName, threshold, period, meaning]) => {
      const isLevel = metricName === "QueueLength";
      return new CloudwatchMetricAlarm(this, kind, {
        ...common(`${name}-runners-${kind}`, topicArns),
        alarmDescription: `More than ${threshold} in ${period / 60} minutes: ${meaning}`,
        namespace: NAMESPACE,
        metricName,
        dimensions: { Fleet: name },
        statistic: isLevel ? "Minimum" : "Sum",
        period,
        threshold,
      });
    });
    const deadLetters = new CloudwatchMetricAlarm(this, "dead-letters", {
      ...common(`${name}-runners-dead-letters`, topicArns),
      alarmDescription: "Orders that nobody can carry out: the log of runner-scale-up says why",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: props.deadLettersName },
      statistic: "Maximum",
      period: 300,
      threshold: 0,
    });
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: `${name}-runners`,
      dashboardBody: jsonText({
        widgets: widgets(
          props,
          [...own, deadLetters].map(({ arn }) => arn),
        ),
      }),
    });
  }
}

function common(alarmName: string, topicArns: readonly string[]) {
  return {
    alarmName,
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 1,
    // Nothing counted is nothing wrong.
    treatMissingData: "notBreaching",
    alarmActions: [...topicArns],
    okActions: [...topicArns],
    tags: { Name: alarmName },
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
function widgets({ name, region, queueName, pools, alarmArns }: RunnerWatchProps, own: readonly string[]) {
  const counted = (title: string, metrics: readonly string[], stats: readonly string[] = ["Sum"]) => ({
    title,
    metrics: metrics.flatMap((metric) =>
      stats.map((stat) => [
        NAMESPACE,
        metric,
        "Fleet",
        name,
        { stat, label: stats.length > 1 ? stat : metric },
      ]),
    ),
  });
  const charts = [
    counted("Jobs that wait", ["QueueLength"], ["Maximum"]),
    counted("Seconds to start", ["JobSecondsToStart"], ["p50", "p95"]),
    counted("Jobs queued, instances", ["JobsQueued", "InstancesStarted", "InstancesEnded"]),
    counted("What went wrong", [
      "LostWebhooks",
      "JobsStartedAgain",
      "Orphans",
      "CapacityRefused",
      "JobsDeferred",
    ]),
    {
      title: "Instances started, by pool",
      metrics: pools.map((pool) => [
        NAMESPACE,
        "InstancesStarted",
        "Fleet",
        name,
        "Pool",
        pool,
        { stat: "Sum", label: pool },
      ]),
    },
    {
      title: "Orders in the queue",
      metrics: ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"].map((metric) => [
        "AWS/SQS",
        metric,
        "QueueName",
        queueName,
        { stat: "Maximum" },
      ]),
    },
  ];
  return [
    ...charts.map((chart, index) => ({
      type: "metric",
      x: (index % 3) * 8,
      y: Math.floor(index / 3) * 6,
      width: 8,
      height: 6,
      properties: { ...chart, region, view: "timeSeries", period: 60 },
    })),
    {
      type: "alarm",
      x: 0,
      y: 12,
      width: 24,
      height: 4,
      properties: { title: "Alarms", alarms: [...own, ...alarmArns] },
    },
  ];
}
