import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import { type PolicyStatement, partitionOf, policyDocument } from "../core";
import { type IBucket, importedBucket } from "./imported-bucket";

/** Properties of {@link SecureBucket}. */
export interface SecureBucketProps {
  /** Name of the bucket, unique in all of AWS. */
  readonly bucketName: string;

  /** AWS Region, for the partition in ARNs. */
  readonly region: string;

  /**
   * Keeps Terraform from destroying the bucket, and from emptying it.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * Keeps replaced and deleted objects as old versions.
   *
   * @default true
   */
  readonly versioned?: boolean;

  /**
   * KMS key that encrypts the objects.
   *
   * @default - SSE-S3 (AES-256)
   */
  readonly kmsKeyArn?: string;

  /** Lifecycle rules beside the one that every bucket has: unfinished uploads go after 7 days. */
  readonly lifecycleRules?: readonly S3BucketLifecycleConfigurationRule[];

  /** Statements of the bucket policy beside those that ask for TLS 1.2 or newer. */
  readonly policyStatements?: readonly PolicyStatement[];

  /**
   * Bucket of the same account and Region to which S3 writes who used this one, and how its files' names begin.
   *
   * @default - access is not logged
   */
  readonly accessLogs?: { readonly bucketName: string; readonly prefix: string };
}

/**
 * A bucket that is encrypted, closed to the public, without ACLs, and reached by TLS 1.2 or newer only.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export class SecureBucket extends Construct implements IBucket {
  /** The bucket itself. */
  readonly resource: S3Bucket;

  /** ARN of the bucket, known before it is made. */
  readonly arn: string;

  /** Its policy; what writes to the bucket right after it is made depends on it. */
  readonly policy: S3BucketPolicy;

  /** A bucket that is there already. @throws SynthError when S3 would refuse its name. */
  static fromBucketName(bucketName: string, region: string): IBucket {
    return importedBucket(bucketName, region);
  }

  /** Name of the bucket, known once it stands. */
  get bucketName(): string {
    return this.resource.bucket;
  }

  /** ARN of the bucket, known before it is made: what `grantReadObjects` takes. */
  get bucketArn(): string {
    return this.arn;
  }

  constructor(scope: Construct, id: string, props: SecureBucketProps) {
    super(scope, id);
    const deletionProtection = props.deletionProtection ?? true;
    this.arn = `arn:${partitionOf(props.region)}:s3:::${props.bucketName}`;
    this.resource = new S3Bucket(this, "bucket", {
      bucket: props.bucketName,
      forceDestroy: !deletionProtection,
      lifecycle: { preventDestroy: deletionProtection },
      tags: { Name: props.bucketName },
    });
    const bucket = this.resource.id;
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket,
      versioningConfiguration: { status: (props.versioned ?? true) ? "Enabled" : "Disabled" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault: props.kmsKeyArn
            ? { sseAlgorithm: "aws:kms", kmsMasterKeyId: props.kmsKeyArn }
            : { sseAlgorithm: "AES256" },
          bucketKeyEnabled: props.kmsKeyArn !== undefined,
        },
      ],
    });
    new S3BucketOwnershipControls(this, "ownership", {
      bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const closed = new S3BucketPublicAccessBlock(this, "public-access", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    this.policy = new S3BucketPolicy(this, "policy", {
      bucket,
      policy: policyDocument([...transportStatements(this.arn), ...(props.policyStatements ?? [])]),
      // S3 answers 409 when the policy and the public access block change at once.
      dependsOn: [closed],
    });
    if (props.accessLogs) {
      new S3BucketLoggingA(this, "logging", {
        bucket,
        targetBucket: props.accessLogs.bucketName,
        targetPrefix: props.accessLogs.prefix,
      });
    }
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket,
      rule: [
        {
          id: "unfinished-uploads",
          status: "Enabled",
          filter: [{ prefix: "" }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
        ...(props.lifecycleRules ?? []),
      ],
      // A rule for old versions has no effect before there can be any.
      dependsOn: [versioning],
    });
  }
}

/** Denies every request without TLS, and with TLS older than 1.2. */
function transportStatements(bucketArn: string): readonly PolicyStatement[] {
  const deny = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
  } as const;
  return [
    { Sid: "TlsOnly", ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Sid: "Tls12OrNewer", ...deny, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ];
}

/**
 * Properties of a bucket for logs. Nobody writes a file twice, so versions would only keep what is to expire.
 *
 * @param days - days that each file is kept, 1 or more.
 */
export function logsKeptFor(days: number): Pick<SecureBucketProps, "versioned" | "lifecycleRules"> {
  return {
    versioned: false,
    lifecycleRules: [
      { id: "retention", status: "Enabled", filter: [{ prefix: "" }], expiration: [{ days }] },
    ],
  };
}
