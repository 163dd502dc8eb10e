import { Token } from "cdktf";
import { type Fault, Faults } from "../core/errors";
import { DEFAULT_RETENTION_DAYS } from "../observability/log-group";
import { isLogRetention, LOG_RETENTION_DAYS } from "../observability/retention";

/** How a VPC's flow logs are kept. */
export type FlowLogOptions = LogGroupFlowLogOptions | BucketFlowLogOptions;

/** What holds for flow logs wherever they go. */
export interface FlowLogTraffic {
  /**
   * Which traffic is logged.
   *
   * @default "ALL"
   */
  readonly trafficType?: "ALL" | "ACCEPT" | "REJECT";

  /**
   * Seconds over which packets are gathered into one record: 60 or 600.
   *
   * Nitro instances always write within 60; more records cost more.
   *
   * @default 600
   */
  readonly maxAggregationInterval?: 60 | 600;
}

/** Who encrypts: the service's own key (`aws`), a KMS key made for the logs (`own`), or a given one. */
export type FlowLogEncryption = "aws" | "own" | { readonly kmsKeyArn: string };

/** Flow logs in a log group of their own, written by a role of their own. */
export interface LogGroupFlowLogOptions extends FlowLogTraffic {
  /**
   * Where they go.
   *
   * @default "cloudwatch"
   */
  readonly destination?: "cloudwatch";

  /**
   * Days for which they are kept; one of the values that CloudWatch Logs offers.
   *
   * @default 30
   */
  readonly retentionDays?: number;

  /**
   * Encryption. The policy of a given key must let CloudWatch Logs of the Region use it.
   *
   * @default "aws"
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  readonly encryption?: FlowLogEncryption;
}

/** Flow logs as files in a bucket. */
export interface BucketFlowLogOptions extends FlowLogTraffic {
  /** Where they go. */
  readonly destination: "s3";

  /**
   * ARN of a bucket, or of a folder in it, whose policy lets the log delivery service write; e.g. the
   * log archive's of another account.
   *
   * @default - a bucket of their own
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
   */
  readonly bucketArn?: string;

  /**
   * Days for which files are kept in the own bucket, 1 or more.
   *
   * @default 30
   */
  readonly retentionDays?: number;

  /**
   * Encryption of the own bucket. The policy of a given key must let the log delivery service use it.
   *
   * @default "aws"
   */
  readonly encryption?: FlowLogEncryption;

  /**
   * Keeps the own bucket from being destroyed while it holds logs.
   *
   * @default false
   */
  readonly deletionProtection?: boolean;

  /**
   * Form of the files: columns that queries read quickly (`parquet`), or lines (`plain-text`).
   *
   * @default "parquet"
   */
  readonly fileFormat?: "parquet" | "plain-text";

  /**
   * A folder for each hour instead of each day.
   *
   * @default true
   */
  readonly perHourPartition?: boolean;

  /**
   * Folders in the form `year=2026/month=11`, which Hive tools load by themselves.
   *
   * @default false
   */
  readonly hiveCompatiblePartitions?: boolean;
}

/** The faults of the options; a value known only to Terraform is not judged. */
export function flowLogFaults(options: FlowLogOptions): readonly Fault[] {
  const faults = new Faults();
  const { retentionDays = DEFAULT_RETENTION_DAYS, maxAggregationInterval = 600 } = options;
  const known = !Token.isUnresolved(retentionDays);
  if (options.destination === "s3") {
    if (known && (!Number.isInteger(retentionDays) || retentionDays < 1)) {
      faults.add(
        `flow logs in S3 are kept for ${retentionDays} days`,
        "use a whole number of 1 or more, e.g. 30",
      );
    }
    for (const key of ["retentionDays", "encryption", "deletionProtection"] as const) {
      if (options.bucketArn === undefined || options[key] === undefined) continue;
      const what = `flow logs have both bucketArn and ${key}`;
      faults.add(what, `leave ${key} out: the owner of a given bucket decides it; or leave bucketArn out`);
    }
    if (options.bucketArn !== undefined && !isBucketArn(options.bucketArn)) {
      const what = `flow logs' bucketArn is ${JSON.stringify(options.bucketArn)}, which is not the ARN of a bucket`;
      faults.add(what, 'use e.g. "arn:aws:s3:::log-archive/flow-logs"');
    }
  } else if (known && !isLogRetention(retentionDays)) {
    const what = `CloudWatch Logs does not offer a retention of ${retentionDays} days`;
    faults.add(what, `use one of ${LOG_RETENTION_DAYS.join(", ")}`);
  }
  if (!Token.isUnresolved(maxAggregationInterval) && ![60, 600].includes(maxAggregationInterval)) {
    faults.add(`flow logs gather over ${maxAggregationInterval} seconds`, "use 60 or 600");
  }
  return faults.all;
}

function isBucketArn(arn: string): boolean {
  return Token.isUnresolved(arn) || /^arn:aws(?:-[a-z-]+)?:s3:::[a-z0-9.-]{3,63}(?:\/.*)?$/.test(arn);
}

/** Where a VPC's flow logs are made. */
export interface FlowLogContext {
  /** Name of the VPC. */
  readonly name: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** AWS account, known when Terraform plans. */
  readonly account: string;

  /** Partition of the Region, as it stands in ARNs. */
  readonly partition: string;
}
