import { Construct } from "constructs";
import { logsKeptFor, SecureBucket } from "../bucket";
import { type Fault, NAME_RULES, nameFaults } from "../core";
import { partitionOf } from "../core/partition";

/** Where a load balancer writes who asked what. */
export interface LoadBalancerLogs {
  /** Name of the bucket, which is made here; unique in all of AWS. */
  readonly bucketName: string;

  /**
   * Days that the files are kept, 1 or more.
   *
   * @default 90
   */
  readonly retentionDays?: number;

  /**
   * Keeps Terraform from destroying the bucket, and from emptying it.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/** Properties of {@link LoadBalancerLogBucket}. */
export interface LoadBalancerLogBucketProps extends LoadBalancerLogs {
  /** AWS Region of the load balancer, which is the bucket's too. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;
}

/**
 * A bucket for the access logs of a load balancer. They can be encrypted with S3's own keys only.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export class LoadBalancerLogBucket extends Construct {
  /** Name of the bucket, as a token that is known once its policy lets the load balancer write. */
  readonly bucketId: string;

  constructor(scope: Construct, id: string, props: LoadBalancerLogBucketProps) {
    super(scope, id);
    const { bucketName, region, account, retentionDays = 90, deletionProtection = true } = props;
    const partition = partitionOf(region);
    const bucket = new SecureBucket(this, "bucket", {
      bucketName,
      region,
      deletionProtection,
      ...logsKeptFor(retentionDays),
      policyStatements: [
        {
          Sid: "LoadBalancerLogs",
          Effect: "Allow",
          Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: `arn:${partition}:s3:::${bucketName}/AWSLogs/${account}/*`,
          Condition: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: {
              "aws:SourceArn": `arn:${partition}:elasticloadbalancing:${region}:${account}:loadbalancer/*`,
            },
          },
        },
      ],
    });
    this.bucketId = bucket.policy.bucket;
  }
}

/** The faults of a load balancer's logs. */
export function loadBalancerLogFaults({
  bucketName,
  retentionDays = 90,
}: LoadBalancerLogs): readonly Fault[] {
  const faults = [...nameFaults(NAME_RULES.bucket, bucketName)];
  if (!Number.isInteger(retentionDays) || retentionDays < 1) {
    faults.push({
      what: `accessLogs.retentionDays is ${retentionDays}`,
      instead: "use a whole number of 1 or more, e.g. 90",
    });
  }
  return faults;
}
