import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { PolicyStatement } from "../core";
import { FargateCluster, FargateService } from "../service";
import type { ScaleSetSettings } from "./scale-sets";

/** Properties of {@link ScaleSetListener}. */
export interface ScaleSetListenerProps extends ScaleSetSettings {
  /** Name of the fleet. */
  readonly name: string;

  /** AWS Region. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** VPC of the task. */
  readonly vpcId: string;

  /** Its private subnets. */
  readonly subnetIds: readonly string[];

  /** What the functions are told, as JSON. */
  readonly settings: string;

  /** What it may do in AWS. */
  readonly statements: readonly PolicyStatement[];

  /** Days for which its log is kept. */
  readonly logRetentionDays: number;

  /** SNS topics that the alarm tells. */
  readonly topicArns: readonly string[];
}

/**
 * What listens to GitHub's scale sets: one task of Fargate, the smallest, which GitHub tells of each job as long as it asks.
 * The next one of a deployment waits until the one before has ended its sessions.
 */
export class ScaleSetListener extends Construct {
  /** ARN of its alarm. */
  readonly alarmArn: string;

  constructor(scope: Construct, id: string, props: ScaleSetListenerProps) {
    super(scope, id);
    const { name, region, account, image, architecture, vpcId, subnetIds, settings, statements } = props;
    const serviceName = `${name}-runner-listener`;
    const cluster = new FargateCluster(this, "cluster", { name: serviceName });
    const service = new FargateService(this, "service", {
      name: serviceName,
      region,
      account,
      cluster,
      vpcId,
      subnetIds,
      container: {
        name: "listener",
        image,
        // A text that Terraform makes stands in the JSON of the containers as it is: its quotes would end there.
        environment: { RUNNER_SETTINGS_BASE64: Fn.base64encode(settings), AWS_REGION: region },
        // A message is handled to its end.
        stopTimeoutSeconds: 60,
      },
      ...(architecture === undefined ? {} : { architecture }),
      logRetentionDays: props.logRetentionDays,
      // It waits for the sessions of the one before.
      waitForSteadyState: false,
    });
    for (const statement of statements) service.allow(statement);
    const alarmName = `${name}-runners-listener`;
    this.alarmArn = new CloudwatchMetricAlarm(this, "failures", {
      alarmName,
      alarmDescription:
        "The listener failed more than 5 times in 5 minutes: GitHub's scale sets or AWS cannot be reached, and its log says why. runner-reconcile finds jobs that were assigned meanwhile",
      namespace: "Groundplan/Runners",
      metricName: "ListenerFailures",
      dimensions: { Fleet: name },
      statistic: "Sum",
      period: 300,
      threshold: 5,
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      treatMissingData: "notBreaching",
      alarmActions: [...props.topicArns],
      okActions: [...props.topicArns],
      tags: { Name: alarmName },
    }).arn;
  }
}
