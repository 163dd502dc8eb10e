import type { Construct } from "constructs";
import { logsKeptFor, SecureBucket } from "../bucket";
import { fitName, NAME_RULES, type PolicyStatement } from "../core";
import { DEFAULT_RETENTION_DAYS } from "../observability/log-group";
import { flowLogKeyArn } from "./flow-log-key";
import type { BucketFlowLogOptions, FlowLogContext } from "./flow-log-options";

/** Digits of an account id, which is known only when Terraform plans. */
const ACCOUNT_LENGTH = 12;

/** A bucket for a VPC's flow logs, or the one that is given. */
export function bucketDestination(scope: Construct, context: FlowLogContext, options: BucketFlowLogOptions) {
  const destinationOptions = {
    fileFormat: options.fileFormat ?? "parquet",
    hiveCompatiblePartitions: options.hiveCompatiblePartitions ?? false,
    perHourPartition: options.perHourPartition ?? true,
  };
  if (options.bucketArn !== undefined) {
    return { logDestinationType: "s3", logDestination: options.bucketArn, destinationOptions };
  }
  const bucket = ownBucket(scope, context, options);
  return {
    logDestinationType: "s3",
    logDestination: bucket.resource.arn,
    destinationOptions,
    // The service asks for its rights when the flow log is made, and writes a policy itself where they lack.
    dependsOn: [bucket.policy],
  };
}

function ownBucket(scope: Construct, context: FlowLogContext, options: BucketFlowLogOptions): SecureBucket {
  const { name, region, account, partition } = context;
  const room = NAME_RULES.bucket.maxLength - ACCOUNT_LENGTH - region.length - 2;
  const bucketName = `${fitName(`${name}-flow-logs`, room)}-${account}-${region}`;
  const bucketArn = `arn:${partition}:s3:::${bucketName}`;
  const delivery = { Service: "delivery.logs.amazonaws.com" };
  // Only for logs of this account and Region: another account cannot make the service write here.
  const source = {
    StringEquals: { "aws:SourceAccount": account },
    ArnLike: { "aws:SourceArn": `arn:${partition}:logs:${region}:${account}:*` },
  };
  const accountFolder = options.hiveCompatiblePartitions ? `aws-account-id=${account}` : account;
  const kmsKeyArn = flowLogKeyArn(scope, context, options.encryption, {
    Sid: "LogDelivery",
    Effect: "Allow",
    Principal: delivery,
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: source,
  });
  const policyStatements: readonly PolicyStatement[] = [
    {
      Sid: "AWSLogDeliveryWrite",
      Effect: "Allow",
      Principal: delivery,
      Action: "s3:PutObject",
      Resource: `${bucketArn}/AWSLogs/${accountFolder}/*`,
      Condition: {
        ...source,
        StringEquals: { ...source.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    },
    {
      Sid: "AWSLogDeliveryAclCheck",
      Effect: "Allow",
      Principal: delivery,
      Action: ["s3:GetBucketAcl", "s3:ListBucket"],
      Resource: bucketArn,
      Condition: source,
    },
  ];
  const days = options.retentionDays ?? DEFAULT_RETENTION_DAYS;
  return new SecureBucket(scope, "bucket", {
    bucketName,
    region,
    deletionProtection: options.deletionProtection ?? false,
    ...logsKeptFor(days),
    ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
    policyStatements,
  });
}
