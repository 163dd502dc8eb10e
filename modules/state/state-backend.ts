import type { S3BucketLifecycleConfigurationRule } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { Construct } from "constructs";
import { SecureBucket } from "../bucket";
import { Faults, type PolicyStatement, partitionOf } from "../core";
import { AccessLogBucket } from "./access-logs";
import { encryptionFaults, encryptionKeyArn, type StateEncryption } from "./encryption";
import { lockTable } from "./lock-table";
import { type Locking, usesTable } from "./locking";
import { locationFaults, lockTableName, type StateLocation, stateBucketName } from "./names";

/** Properties of {@link StateBackend}. */
export interface StateBackendProps extends StateLocation {
  /**
   * How writes are locked; with `s3` no table is made.
   *
   * AWS refuses to delete a protected table: before going from `both` to `s3`, deploy once with
   * `deletionProtection: false`.
   *
   * @default "dynamodb"
   */
  readonly locking?: Locking;

  /**
   * Keeps Terraform and AWS from deleting the bucket, the table and the key: `prevent_destroy` on each,
   * the table's own deletion protection, and a bucket that must be empty to go.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * Encryption of the state and the table.
   *
   * @default "aws"
   */
  readonly encryption?: StateEncryption;

  /**
   * Days after which a version that was replaced expires, 1 or more.
   *
   * @default 90
   */
  readonly oldVersionDays?: number;

  /**
   * Replaced versions that are kept however old, 1 to 100.
   *
   * @default 20
   */
  readonly oldVersionsKept?: number;

  /**
   * Where S3 writes who read or wrote the state: nowhere (`none`), to a bucket made here (`own`), which
   * keeps a year, or to a given bucket of the same account and Region.
   *
   * @default "none"
   */
  readonly accessLogs?: "none" | "own" | { readonly bucketName: string };
}

/**
 * The bucket and the lock table of an account's Terraform state.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
export class StateBackend extends Construct {
  /** Name of the bucket. */
  readonly bucketName: string;

  /** Name of the lock table; none with `locking: "s3"`. */
  readonly tableName: string | undefined;

  /** ARN of the KMS key; none with `encryption: "aws"`. */
  readonly kmsKeyArn: string | undefined;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: StateBackendProps) {
    super(scope, id);
    const { deletionProtection = true, encryption = "aws", locking = "dynamodb" } = props;
    this.check(props);
    this.kmsKeyArn = encryptionKeyArn(this, encryption, props, deletionProtection);
    this.bucketName = stateBucketName(props);
    const accessLogs = this.accessLogBucket(props, deletionProtection);
    new SecureBucket(this, "state", {
      bucketName: this.bucketName,
      region: props.region,
      deletionProtection,
      ...(this.kmsKeyArn === undefined
        ? {}
        : { kmsKeyArn: this.kmsKeyArn, policyStatements: [kmsOnlyStatement(this.bucketName, props.region)] }),
      ...(accessLogs === undefined ? {} : { accessLogs }),
      lifecycleRules: [oldVersionsRule(props)],
    });
    this.tableName = usesTable(locking) ? lockTableName(props) : undefined;
    if (this.tableName !== undefined) {
      lockTable(this, "locks", {
        name: this.tableName,
        deletionProtection,
        ...(this.kmsKeyArn === undefined ? {} : { kmsKeyArn: this.kmsKeyArn }),
      });
    }
  }

  private accessLogBucket(props: StateBackendProps, deletionProtection: boolean) {
    const { accessLogs = "none" } = props;
    if (accessLogs === "none") return undefined;
    if (accessLogs !== "own") return { bucketName: accessLogs.bucketName, prefix: `${this.bucketName}/` };
    const own = new AccessLogBucket(this, "access-logs", { ...props, deletionProtection });
    return { bucketName: own.bucketId, prefix: `${this.bucketName}/` };
  }

  private check(props: StateBackendProps): void {
    const { oldVersionDays = 90, oldVersionsKept = 20, encryption = "aws" } = props;
    const faults = new Faults();
    faults.addAll(locationFaults(props));
    faults.addAll(encryptionFaults(encryption, props));
    if (!Number.isInteger(oldVersionDays) || oldVersionDays < 1) {
      faults.add(
        `old versions expire after ${oldVersionDays} days`,
        "use a whole number of 1 or more, e.g. 90",
      );
    }
    if (!Number.isInteger(oldVersionsKept) || oldVersionsKept < 1 || oldVersionsKept > 100) {
      faults.add(`${oldVersionsKept} old versions are kept`, "use a whole number of 1 to 100, e.g. 20");
    }
    faults.throwIfAny(this);
  }
}

/** A writer that names another encryption than KMS would leave a state that the key does not protect. */
function kmsOnlyStatement(bucketName: string, region: string): PolicyStatement {
  return {
    Sid: "KmsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `arn:${partitionOf(region)}:s3:::${bucketName}/*`,
    Condition: {
      // A writer that names none gets the bucket's own key.
      Null: { "s3:x-amz-server-side-encryption": "false" },
      StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
function oldVersionsRule(props: StateBackendProps): S3BucketLifecycleConfigurationRule {
  const { oldVersionDays = 90, oldVersionsKept = 20 } = props;
  return {
    id: "old-versions",
    status: "Enabled",
    filter: [{ prefix: "" }],
    noncurrentVersionExpiration: [
      { noncurrentDays: oldVersionDays, newerNoncurrentVersions: oldVersionsKept },
    ],
  };
}
