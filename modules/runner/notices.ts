import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Construct } from "constructs";
import { jsonText } from "../core";
import type { ArtifactFunction } from "../serverless";

/** Properties of {@link Notices}. */
export interface NoticesProps {
  /** Name of the fleet. */
  readonly name: string;

  /** What takes an instance's runner off and ends it. */
  readonly function: ArtifactFunction;
}

/**
 * Tells the function that ends instances what EC2 says of spot capacity: two minutes before it takes it back, and earlier that it may.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
 */
export class Notices extends Construct {
  constructor(scope: Construct, id: string, { name, function: called }: NoticesProps) {
    super(scope, id);
    const rule = new CloudwatchEventRule(this, "rule", {
      name: `${name}-runner-notices`,
      description: "Spot instances that are about to go have their runners taken off first",
      eventPattern: jsonText({
        source: ["aws.ec2"],
        "detail-type": ["EC2 Spot Instance Interruption Warning", "EC2 Instance Rebalance Recommendation"],
      }),
      tags: { Name: `${name}-runner-notices` },
    });
    new LambdaPermission(this, "permission", {
      statementId: "notices",
      action: "lambda:InvokeFunction",
      functionName: called.functionName,
      qualifier: called.aliasReference,
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    });
    new CloudwatchEventTarget(this, "target", {
      rule: rule.name,
      arn: called.aliasArn,
      // Later, the instance is gone.
      retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 120 },
    });
  }
}
