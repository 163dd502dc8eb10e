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
   * ARNs of the roles that may delete versions of artifacts, `*` allowed within a name: who runs
   * `groundplan artifact prune`. As far as their own policies let them, and never an index.
   *
   * @default - none: artifacts stay for ever
   */
  readonly pruners?: readonly string[];

  /**
   * Keeps Terraform from destroying the bucket and from emptying it, and everybody but the `pruners` from deleting
   * an artifact or an index.
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
 * An artifact's key holds the hash of its bytes, functions are pinned to versions of objects, and the policy
 * refuses every write that is not conditional: nobody writes over what he has not seen, and what was there stays
 * as an older version. No rule expires an artifact, for S3 cannot know which version a function is pinned to.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export class ArtifactBucket extends Construct {
  /** Name of the bucket. */
  readonly bucketName: string;

  /** ARN of the bucket, known before it is made. */
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
        conditionalWrites(this.bucketArn),
        ...(deletionProtection ? keptVersions(this.bucketArn, props.pruners ?? []) : []),
        ...readers(this.bucketArn, partition, props.readerAccounts ?? []),
      ],
    });
  }
}

/**
 * Refuses a write that does not say what it expects: nothing there (`If-None-Match`), or the version that was
 * read (`If-Match`). The latter for artifacts too: it is how other content under an artifact's key is put right.
 */
function conditionalWrites(bucketArn: string): PolicyStatement {
  return {
    Sid: "ConditionalWrites",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: publishedIn(bucketArn),
    Condition: {
      // Of a multipart upload only the last call makes an object, and only that one can carry the condition.
      Bool: { "s3:ObjectCreationOperation": "true" },
      // Both are missing: keys of one operator are joined by "and".
      Null: { "s3:if-none-match": "true", "s3:if-match": "true" },
    },
  };
}

/**
 * Keeps what an environment may be pinned to, and the index that names it, from administrators too: they would
 * have to change the policy first. Lifecycle rules go past a bucket's policy, so old indexes still expire.
 *
 * @param pruners - who may delete versions of artifacts nevertheless. Not the indexes, which say what is deleted, and
 * nobody may hide anything.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-and-other-bucket-config.html
 */
function keptVersions(bucketArn: string, pruners: readonly string[]): readonly PolicyStatement[] {
  const deny = { Effect: "Deny", Principal: "*" } as const;
  // Without a version, S3 only hides the object: a publisher would then begin an index anew.
  const both = ["s3:DeleteObject", "s3:DeleteObjectVersion"];
  if (pruners.length === 0)
    return [{ Sid: "KeptVersions", ...deny, Action: both, Resource: publishedIn(bucketArn) }];
  return [
    { Sid: "KeptIndexes", ...deny, Action: both, Resource: `${bucketArn}/${INDEX_PREFIX}*` },
    {
      Sid: "NoHiddenArtifacts",
      ...deny,
      Action: "s3:DeleteObject",
      Resource: `${bucketArn}/${ARTIFACT_PREFIX}*`,
    },
    {
      Sid: "KeptVersions",
      ...deny,
      Action: "s3:DeleteObjectVersion",
      Resource: `${bucketArn}/${ARTIFACT_PREFIX}*`,
      Condition: { ArnNotLike: { "aws:PrincipalArn": [...pruners].sort() } },
    },
  ];
}

/** All that is published: artifacts and indexes. */
function publishedIn(bucketArn: string): readonly string[] {
  return [`${bucketArn}/${ARTIFACT_PREFIX}*`, `${bucketArn}/${INDEX_PREFIX}*`];
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
      Resource: publishedIn(bucketArn),
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

function bucketFaults({
  account,
  readerAccounts = [],
  oldIndexDays = 90,
  pruners = [],
}: ArtifactBucketProps): Fault[] {
  const faults: Fault[] = [account, ...readerAccounts]
    .filter((one) => !/^\d{12}$/.test(one))
    .map((one) => ({
      what: `account ${JSON.stringify(one)} has not 12 digits`,
      instead: 'use e.g. "123456789012"',
    }));
  const roles = new RegExp(`^arn:[a-z-]+:iam::${account}:role/[^*?\\s][^?\\s]*$`);
  for (const pruner of pruners.filter((one) => !roles.test(one))) {
    faults.push({
      what: `pruner ${JSON.stringify(pruner)} is not a role of account ${account}, or could be any`,
      instead: `use e.g. "arn:aws:iam::${account}:role/administrators"`,
    });
  }
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
