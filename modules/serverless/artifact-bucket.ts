import type { S3BucketLifecycleConfigurationRule } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { Construct } from "constructs";
import { SecureBucket } from "../bucket";
import { type Fault, type PolicyStatement, partitionOf, SynthError } from "../core";
import { type ArtifactLocation, artifactBucketName } from "./names";

/** Where the artifacts themselves lie: `artifacts/<service>/<sha256>.zip`. */
export const ARTIFACT_PREFIX = "artifacts/";

/** Where the index of each service lies: `index/<service>.json`. */
export const INDEX_PREFIX = "index/";

/** Properties of {@link ArtifactBucket}. */
export interface ArtifactBucketProps extends ArtifactLocation {
  /**
   * Other accounts that deploy from the bucket: their principals may read artifacts and indexes, as far as
   * their own policies let them.
   *
   * @default - none
   */
  readonly readerAccounts?: readonly string[];

  /**
   * Keeps Terraform from destroying the bucket and from emptying it, and everybody from deleting a version
   * of an artifact.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * KMS key that encrypts the artifacts. Accounts that read them need its use as well.
   *
   * @default - SSE-S3 (AES-256)
   */
  readonly kmsKeyArn?: string;

  /**
   * Days for which a replaced version of an index is kept, 1 or more.
   *
   * @default 90
   */
  readonly oldIndexDays?: number;
}

/**
 * The bucket of the platform's artifacts: versioned, encrypted, reached by TLS only.
 *
 * An artifact's key holds the hash of its bytes, and the policy refuses every write that is not
 * conditional: what is published is never replaced, and two publishers never write over each other's
 * index. No rule expires an artifact, for S3 cannot know which version a function is pinned to.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export class ArtifactBucket extends Construct {
  readonly bucketName: string;
  readonly bucketArn: string;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: ArtifactBucketProps) {
    super(scope, id);
    const faults = bucketFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    this.bucketName = artifactBucketName(props);
    const { deletionProtection = true } = props;
    const partition = partitionOf(props.region);
    this.bucketArn = `arn:${partition}:s3:::${this.bucketName}`;
    new SecureBucket(this, "bucket", {
      bucketName: this.bucketName,
      region: props.region,
      deletionProtection,
      ...(props.kmsKeyArn === undefined ? {} : { kmsKeyArn: props.kmsKeyArn }),
      lifecycleRules: [oldIndexRule(props.oldIndexDays ?? 90)],
      policyStatements: [
        ...conditionalWrites(this.bucketArn),
        ...(deletionProtection ? [keptVersions(this.bucketArn)] : []),
        ...readers(this.bucketArn, partition, props.readerAccounts ?? []),
      ],
    });
  }
}

/** Refuses a write that does not say what it expects: nothing there (`If-None-Match`), or the version that was read. */
function conditionalWrites(bucketArn: string): readonly PolicyStatement[] {
  const deny = { Effect: "Deny", Principal: "*", Action: "s3:PutObject" } as const;
  // Of a multipart upload only the last call makes an object, and only that one can carry the condition.
  const creation = { Bool: { "s3:ObjectCreationOperation": "true" } };
  return [
    {
      Sid: "ArtifactsOnce",
      ...deny,
      Resource: `${bucketArn}/${ARTIFACT_PREFIX}*`,
      Condition: { ...creation, Null: { "s3:if-none-match": "true" } },
    },
    {
      Sid: "IndexConditional",
      ...deny,
      Resource: `${bucketArn}/${INDEX_PREFIX}*`,
      Condition: { ...creation, Null: { "s3:if-none-match": "true", "s3:if-match": "true" } },
    },
  ];
}

/** Keeps what an environment may be pinned to, from administrators too: they would have to change the policy first. */
function keptVersions(bucketArn: string): PolicyStatement {
  return {
    Sid: "KeptVersions",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:DeleteObjectVersion",
    Resource: `${bucketArn}/${ARTIFACT_PREFIX}*`,
  };
}

function readers(bucketArn: string, partition: string, accounts: readonly string[]): PolicyStatement[] {
  if (accounts.length === 0) return [];
  const AWS = [...accounts].sort().map((account) => `arn:${partition}:iam::${account}:root`);
  return [
    {
      Sid: "Readers",
      Effect: "Allow",
      Principal: { AWS },
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: [`${bucketArn}/${ARTIFACT_PREFIX}*`, `${bucketArn}/${INDEX_PREFIX}*`],
    },
    // Without it, S3 answers 403 instead of 404 for what is not there.
    { Sid: "ReadersList", Effect: "Allow", Principal: { AWS }, Action: "s3:ListBucket", Resource: bucketArn },
  ];
}

function oldIndexRule(days: number): S3BucketLifecycleConfigurationRule {
  return {
    id: "old-indexes",
    status: "Enabled",
    filter: [{ prefix: INDEX_PREFIX }],
    noncurrentVersionExpiration: [{ noncurrentDays: days }],
  };
}

function bucketFaults({ account, readerAccounts = [], oldIndexDays = 90 }: ArtifactBucketProps): Fault[] {
  const faults: Fault[] = [account, ...readerAccounts]
    .filter((one) => !/^\d{12}$/.test(one))
    .map((one) => ({
      what: `account ${JSON.stringify(one)} has not 12 digits`,
      instead: 'use e.g. "123456789012"',
    }));
  if (readerAccounts.includes(account)) {
    faults.push({
      what: `account ${JSON.stringify(account)} owns the bucket and is listed as a reader`,
      instead: "list other accounts only",
    });
  }
  if (!Number.isInteger(oldIndexDays) || oldIndexDays < 1) {
    faults.push({
      what: `old indexes expire after ${oldIndexDays} days`,
      instead: "use a whole number of 1 or more, e.g. 90",
    });
  }
  return faults;
}
