import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
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

  /** What an hour of an instance of each pool costs, by their names. */
  readonly pools: Readonly<Record<string, { readonly dollarsPerHour?: number }>>;

  /** What GitHub charges for a minute of a job, in US dollars. */
  readonly minuteCharge: number;

  /** Names of the autoscaling groups of instances that stay. */
  readonly groups: readonly string[];

  /** The metric of boots that failed. */
  readonly bootFailures: { readonly namespace: string; readonly metricName: string };

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
    const boots = new CloudwatchMetricAlarm(this, "boot-failures", {
      ...common(`${name}-runners-boot-failures`, topicArns),
      alarmDescription:
        "More than 2 instances in 15 minutes did not come up: groundplan runner logs --source boot says why",
      ...props.bootFailures,
      statistic: "Sum",
      period: 900,
      threshold: 2,
    });
    const interruptions = new CloudwatchEventRule(this, "interruptions", {
      name: `${name}-runner-interruptions`,
      description:
        "Counts the spot instances of the account that are interrupted; a rule counts without a target",
      eventPattern: jsonText({
        source: ["aws.ec2"],
        "detail-type": ["EC2 Spot Instance Interruption Warning"],
      }),
      tags: { Name: `${name}-runner-interruptions` },
    });
    const spot = new CloudwatchMetricAlarm(this, "spot-interruptions", {
      ...common(`${name}-runners-spot-interruptions`, topicArns),
      alarmDescription:
        "More than 10 spot instances of the account were interrupted in an hour: name more instance types",
      namespace: "AWS/Events",
      metricName: "TriggeredRules",
      dimensions: { RuleName: interruptions.name },
      statistic: "Sum",
      period: 3600,
      threshold: 10,
    });
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: `${name}-runners`,
      dashboardBody: jsonText({
        widgets: widgets(
          props,
          [...own, deadLetters, boots, spot].map(({ arn }) => arn),
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
function widgets(props: RunnerWatchProps, own: readonly string[]) {
  const { name, region, queueName, pools, alarmArns } = props;
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
      metrics: Object.keys(pools).map((pool) => [
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
    weeklyPrice(props),
    ...machineCharts(props),
  ];
  return [
    ...charts.map((chart, index) => ({
      type: "metric",
      x: (index % 3) * 8,
      y: Math.floor(index / 3) * 6,
      width: 8,
      height: 6,
      properties: { period: 60, ...chart, region, view: "timeSeries" },
    })),
    {
      type: "alarm",
      x: 0,
      y: Math.ceil(charts.length / 3) * 6,
      width: 24,
      height: 4,
      properties: { title: "Alarms", alarms: [...own, ...alarmArns] },
    },
  ];
}

/**
 * What the machines do. Groups are charted by name. An instance for one job is gone before anybody has named it: those are
 * searched for among all of the account.
 */
function machineCharts({ name, groups, bootFailures }: RunnerWatchProps) {
  const byGroup = (title: string, ...metrics: readonly string[]) => ({
    title,
    metrics: groups.flatMap((group) =>
      metrics.map((metric) => ["AWS/EC2", metric, "AutoScalingGroupName", group, { stat: "Average" }]),
    ),
  });
  const search = (title: string, expression: string) => ({
    title,
    metrics: [[{ expression: `SEARCH('${expression}', 'Average')`, id: "found", label: "" }]],
  });
  return [
    search("Processors, by instance of the account", '{AWS/EC2,InstanceId} MetricName="CPUUtilization"'),
    search(
      "Bytes by NAT gateways",
      '{AWS/NATGateway,NatGatewayId} MetricName=("BytesOutToDestination" OR "BytesInFromDestination")',
    ),
    {
      title: "Boots that failed, spot interruptions of the account",
      metrics: [
        [bootFailures.namespace, bootFailures.metricName, { stat: "Sum" }],
        ["AWS/Events", "TriggeredRules", "RuleName", `${name}-runner-interruptions`, { stat: "Sum" }],
      ],
    },
    ...(groups.length > 0
      ? [
          byGroup("Processors, by group", "CPUUtilization"),
          byGroup("Volumes, by group", "EBSReadOps", "EBSWriteOps"),
          byGroup("Network, by group", "NetworkIn", "NetworkOut"),
        ]
      : []),
  ];
}

/** What jobs cost in a week: their seconds by the price of their pool. What instances cost without a job is not in it. */
function weeklyPrice({ name, pools, minuteCharge }: RunnerWatchProps) {
  const parts = Object.entries(pools).map(([pool, { dollarsPerHour = 0 }], index) => ({
    id: `seconds${index}`,
    pool,
    price: Number((dollarsPerHour / 3600 + minuteCharge / 60).toPrecision(6)),
  }));
  return {
    title: "Price of jobs in a week, in US dollars",
    period: 604_800,
    metrics: [
      ...parts.map(({ id, price, pool }) => [
        { expression: `${id} * ${price}`, id: `dollars_${id}`, label: pool },
      ]),
      ...parts.map(({ id, pool }) => [
        NAMESPACE,
        "JobSeconds",
        "Fleet",
        name,
        "Pool",
        pool,
        { id, stat: "Sum", visible: false },
      ]),
    ],
  };
}
