import { Construct } from "constructs";
import { logsKeptFor, SecureBucket } from "../bucket";
import { partitionOf } from "../core";
import { type StateLocation, stateBucketName, stateLogBucketName } from "./names";

/** Days that access logs are kept. */
const RETENTION_DAYS = 365;

/** Properties of {@link AccessLogBucket}. */
export interface AccessLogBucketProps extends StateLocation {
  /** Keeps Terraform from destroying the bucket, and from emptying it. */
  readonly deletionProtection: boolean;
}

/**
 * A bucket that takes the access logs of the state bucket, and of no other.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export class AccessLogBucket extends Construct {
  /** Name of the bucket, as a token that is known once its policy lets S3 write. */
  readonly bucketId: string;

  constructor(scope: Construct, id: string, props: AccessLogBucketProps) {
    super(scope, id);
    const { account, region, deletionProtection } = props;
    const bucketName = stateLogBucketName(props);
    const partition = partitionOf(region);
    const bucket = new SecureBucket(this, "bucket", {
      bucketName,
      region,
      deletionProtection,
      ...logsKeptFor(RETENTION_DAYS),
      policyStatements: [
        {
          Sid: "AccessLogs",
          Effect: "Allow",
          Principal: { Service: "logging.s3.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: `arn:${partition}:s3:::${bucketName}/*`,
          Condition: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": `arn:${partition}:s3:::${stateBucketName(props)}` },
          },
        },
      ],
    });
    this.bucketId = bucket.policy.bucket;
  }
}
