import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { fitName, policyDocument } from "../../core";
import type { AddonCluster } from "../chart-addon";
import { interruptionQueueArn } from "./interruption-queue";

/** What AWS says before it takes an instance away, by the name of the rule. */
const EVENTS = {
  "scheduled-change": { source: "aws.health", type: "AWS Health Event" },
  "spot-interruption": { source: "aws.ec2", type: "EC2 Spot Instance Interruption Warning" },
  rebalance: { source: "aws.ec2", type: "EC2 Instance Rebalance Recommendation" },
  "state-change": { source: "aws.ec2", type: "EC2 Instance State-change Notification" },
  "reservation-interruption": {
    source: "aws.ec2",
    type: "EC2 Capacity Reservation Instance Interruption Warning",
  },
} as const;

/** Seconds that a message is kept: an older one speaks of an instance that is gone. */
const RETENTION = 300;

/** Longest name of an EventBridge rule. */
const RULE_NAME = 64;

/**
 * The queue from which Karpenter learns that AWS will take an instance away, two minutes before it does.
 *
 * @see https://karpenter.sh/docs/concepts/disruption/#interruption
 */
export class Interruptions extends Construct {
  /** What must be there before Karpenter starts: it stops when it does not find its queue. */
  readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, cluster: AddonCluster) {
    super(scope, id);
    const queueArn = interruptionQueueArn(cluster);
    const queue = new SqsQueue(this, "queue", {
      name: cluster.clusterName,
      messageRetentionSeconds: RETENTION,
      sqsManagedSseEnabled: true,
    });
    const ready: ITerraformDependable[] = [queue];
    const rules = Object.entries(EVENTS).map(([name, { source, type }]) => {
      const rule = new CloudwatchEventRule(this, name, {
        name: fitName(`${cluster.clusterName}-karpenter-${name}`, RULE_NAME),
        description: `${type}, for Karpenter of ${cluster.clusterName}`,
        eventPattern: JSON.stringify({ source: [source], "detail-type": [type] }),
      });
      const target = new CloudwatchEventTarget(this, `${name}-target`, {
        rule: rule.name,
        arn: queue.arn,
        targetId: "queue",
      });
      ready.push(rule, target);
      return rule.arn;
    });
    const policy = new SqsQueuePolicy(this, "policy", {
      queueUrl: queue.url,
      policy: policyDocument([
        {
          Sid: "Events",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queueArn,
          Condition: { ArnEquals: { "aws:SourceArn": rules } },
        },
        {
          Sid: "EncryptedTransport",
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: queueArn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
    });
    this.ready = [...ready, policy];
  }
}
