import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { Construct } from "constructs";
import { fitName, NAME_RULES, policyDocument } from "../core";
import { logGroup } from "../observability/log-group";
import { flowLogKeyArn } from "./flow-log-key";
import type { FlowLogContext, LogGroupFlowLogOptions } from "./flow-log-options";

/**
 * A log group for a VPC's flow logs, and the role that writes to it.
 *
 * The group is named after the VPC: two VPCs of one name in one account and Region would share it, and fail.
 */
export function logGroupDestination(
  scope: Construct,
  context: FlowLogContext,
  options: LogGroupFlowLogOptions,
) {
  const { name, region, account, partition } = context;
  const groupName = `/aws/vpc-flow-logs/${name}`;
  const groupArn = `arn:${partition}:logs:${region}:${account}:log-group:${groupName}`;
  const kmsKeyArn = flowLogKeyArn(scope, context, options.encryption, {
    Sid: "CloudWatchLogs",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    // For this log group only: the context holds the ARN of what is encrypted.
    Condition: { ArnEquals: { "kms:EncryptionContext:aws:logs:arn": groupArn } },
  });
  const group = logGroup(scope, "log-group", {
    name: groupName,
    retentionDays: options.retentionDays,
    kmsKeyArn,
  });
  // Roles are the account's, not the Region's: the Region keeps the names of two apart.
  const roleName = fitName(`${name}-flow-logs-${region}`, NAME_RULES.role.maxLength);
  const role = new IamRole(scope, "role", {
    name: roleName,
    description: `Writes the flow logs of VPC ${name}`,
    assumeRolePolicy: policyDocument([
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        // Only for flow logs of this account and Region: another account cannot make the service write here.
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": `arn:${partition}:ec2:${region}:${account}:vpc-flow-log/*` },
        },
      },
    ]),
    tags: { Name: roleName },
  });
  const permission = new IamRolePolicy(scope, "role-policy", {
    name: "write-flow-logs",
    role: role.id,
    policy: policyDocument([
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: [groupArn, `${groupArn}:*`],
      },
      // The service lists log groups before it writes; that call takes no resource.
      { Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
    ]),
  });
  return {
    logDestinationType: "cloud-watch-logs",
    logDestination: group.arn,
    iamRoleArn: role.arn,
    dependsOn: [permission],
  };
}
