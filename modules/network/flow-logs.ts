import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { SecureBucket } from "../bucket";
import { Faults, fitName, NAME_RULES, partitionOf, policyDocument } from "../core";
import { isLogRetention, LOG_RETENTION_DAYS } from "./retention";

/** How a VPC's flow logs are kept. */
export interface FlowLogOptions {
  /**
   * Where they go: a log group (`cloudwatch`) with a role of its own, or a bucket (`s3`) of their own, in Parquet files by the hour.
   *
   * @default "cloudwatch"
   */
  readonly destination?: "cloudwatch" | "s3";

  /**
   * Days for which they are kept; for CloudWatch one of the values that it offers.
   *
   * @default 30
   */
  readonly retentionDays?: number;

  /**
   * Encryption by a KMS key made here (`own`), the ARN of a given one, or the service's own (`aws`).
   * A given key's policy must let CloudWatch Logs, or the log delivery service, use it.
   *
   * @default "aws"
   */
  readonly encryption?: "aws" | "own" | { readonly kmsKeyArn: string };

  /**
   * Which traffic is logged.
   *
   * @default "ALL"
   */
  readonly trafficType?: "ALL" | "ACCEPT" | "REJECT";

  /**
   * Seconds over which packets are gathered into one record: 60 or 600.
   *
   * @default 600
   */
  readonly aggregationSeconds?: 60 | 600;

  /**
   * Keeps the bucket of `s3` from being destroyed while it holds logs.
   *
   * @default false
   */
  readonly deletionProtection?: boolean;
}

/** Properties of {@link FlowLogs}. */
export interface FlowLogsProps extends FlowLogOptions {
  readonly name: string;
  readonly vpcId: string;
  readonly region: string;
}

/**
 * The flow logs of a VPC.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
 */
export class FlowLogs extends Construct {
  private readonly account: string;
  private readonly partition: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FlowLogsProps,
  ) {
    super(scope, id);
    const { destination = "cloudwatch", retentionDays = 30 } = props;
    const faults = new Faults();
    if (destination === "cloudwatch" && !isLogRetention(retentionDays)) {
      const offered = `use one of ${LOG_RETENTION_DAYS.join(", ")}`;
      faults.add(`CloudWatch Logs does not offer a retention of ${retentionDays} days`, offered);
    }
    if (destination === "s3" && (!Number.isInteger(retentionDays) || retentionDays < 1)) {
      faults.add(`flow logs expire after ${retentionDays} days`, "use a whole number of 1 or more, e.g. 30");
    }
    faults.throwIfAny(this);

    this.account = new DataAwsCallerIdentity(this, "account").accountId;
    this.partition = partitionOf(props.region);
    new FlowLog(this, "flow-log", {
      vpcId: props.vpcId,
      trafficType: props.trafficType ?? "ALL",
      maxAggregationInterval: props.aggregationSeconds ?? 600,
      tags: { Name: props.name },
      ...(destination === "cloudwatch" ? this.toCloudWatch(retentionDays) : this.toS3(retentionDays)),
    });
  }

  private toCloudWatch(retentionInDays: number) {
    const groupName = `/aws/vpc-flow-logs/${this.props.name}`;
    const groupArn = `arn:${this.partition}:logs:${this.props.region}:${this.account}:log-group:${groupName}`;
    const kmsKeyId = this.keyArn({
      Sid: "CloudWatchLogs",
      Effect: "Allow",
      Principal: { Service: `logs.${this.props.region}.amazonaws.com` },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      Resource: "*",
      Condition: { ArnEquals: { "kms:EncryptionContext:aws:logs:arn": groupArn } },
    });
    const group = new CloudwatchLogGroup(this, "log-group", {
      name: groupName,
      retentionInDays,
      ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    });
    const role = new IamRole(this, "role", {
      name: fitName(`${this.props.name}-flow-logs-${this.props.region}`, NAME_RULES.role.maxLength),
      description: `Writes the flow logs of VPC ${this.props.name}`,
      assumeRolePolicy: policyDocument([
        {
          Effect: "Allow",
          Principal: { Service: "vpc-flow-logs.amazonaws.com" },
          Action: "sts:AssumeRole",
          // Only for flow logs of this account: the service may not be used by another's.
          Condition: {
            StringEquals: { "aws:SourceAccount": this.account },
            ArnLike: {
              "aws:SourceArn": `arn:${this.partition}:ec2:${this.props.region}:${this.account}:vpc-flow-log/*`,
            },
          },
        },
      ]),
    });
    const permission = new IamRolePolicy(this, "role-policy", {
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

  private toS3(retentionDays: number) {
    const { name, region } = this.props;
    const bucketName = `${name}-flow-logs-${this.account}-${region}`;
    const bucketArn = `arn:${this.partition}:s3:::${bucketName}`;
    const delivery = { Service: "delivery.logs.amazonaws.com" };
    const source = {
      StringEquals: { "aws:SourceAccount": this.account },
      ArnLike: { "aws:SourceArn": `arn:${this.partition}:logs:${region}:${this.account}:*` },
    };
    const kmsKeyArn = this.keyArn({
      Sid: "LogDelivery",
      Effect: "Allow",
      Principal: delivery,
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      Resource: "*",
      Condition: source,
    });
    const bucket = new SecureBucket(this, "bucket", {
      bucketName,
      region,
      deletionProtection: this.props.deletionProtection ?? false,
      versioned: false,
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
      lifecycleRules: [
        { id: "retention", status: "Enabled", filter: [{ prefix: "" }], expiration: [{ days: retentionDays }] },
      ],
      policyStatements: [
        {
          Sid: "LogDeliveryWrite",
          Effect: "Allow",
          Principal: delivery,
          Action: "s3:PutObject",
          Resource: `${bucketArn}/AWSLogs/${this.account}/*`,
          Condition: { ...source, StringEquals: { ...source.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" } },
        },
        {
          Sid: "LogDeliveryCheck",
          Effect: "Allow",
          Principal: delivery,
          Action: ["s3:GetBucketAcl", "s3:ListBucket"],
          Resource: bucketArn,
          Condition: source,
        },
      ],
    });
    return {
      logDestinationType: "s3",
      logDestination: bucket.resource.arn,
      destinationOptions: { fileFormat: "parquet", hiveCompatiblePartitions: false, perHourPartition: true },
      // The service checks its rights when the flow log is made.
      dependsOn: [bucket.policy],
    };
  }

  /** The key that encrypts the logs: undefined for the service's own. */
  private keyArn(use: Parameters<typeof policyDocument>[0][number]): string | undefined {
    const encryption = this.props.encryption ?? "aws";
    if (encryption === "aws") return undefined;
    if (encryption !== "own") return encryption.kmsKeyArn;
    const account = `arn:${this.partition}:iam::${this.account}:root`;
    const key = new KmsKey(this, "key", {
      description: `Flow logs of VPC ${this.props.name}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: policyDocument([
        { Sid: "Account", Effect: "Allow", Principal: { AWS: account }, Action: "kms:*", Resource: "*" },
        use,
      ]),
    });
    new KmsAlias(this, "key-alias", { name: `alias/${this.props.name}-flow-logs`, targetKeyId: key.keyId });
    return key.arn;
  }
}
