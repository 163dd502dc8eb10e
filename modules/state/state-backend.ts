import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { S3BucketLifecycleConfigurationRule } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { Construct } from "constructs";
import { SecureBucket } from "../bucket";
import { Faults } from "../core";
import { type Locking, usesTable } from "./locking";
import { lockTableName, type StateLocation, stateBucketName } from "./names";

/** Properties of {@link StateBackend}. */
export interface StateBackendProps extends StateLocation {
  /**
   * How writes are locked; with `s3` no table is made.
   *
   * @default "dynamodb"
   */
  readonly locking?: Locking;

  /**
   * Keeps Terraform and AWS from deleting the bucket and the table: `prevent_destroy` on both, the
   * table's own deletion protection, and a bucket that must be empty to go.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * Encryption of the state and the table: S3's and DynamoDB's own keys (`aws`), a KMS key made
   * here (`own`), or the ARN of a given one. Whoever reads the state then needs `kms:Decrypt` too.
   *
   * @default "aws"
   */
  readonly encryption?: "aws" | "own" | { readonly kmsKeyArn: string };

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

  constructor(scope: Construct, id: string, props: StateBackendProps) {
    super(scope, id);
    const deletionProtection = props.deletionProtection ?? true;
    const kmsKeyArn = this.keyArn(props);
    this.bucketName = stateBucketName(props);
    new SecureBucket(this, "state", {
      bucketName: this.bucketName,
      region: props.region,
      deletionProtection,
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
      lifecycleRules: [oldVersionsRule(this, props)],
    });
    this.tableName = usesTable(props.locking ?? "dynamodb") ? lockTableName(props) : undefined;
    if (this.tableName !== undefined) {
      new DynamodbTable(this, "locks", {
        name: this.tableName,
        billingMode: "PAY_PER_REQUEST",
        hashKey: "LockID",
        attribute: [{ name: "LockID", type: "S" }],
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) },
        deletionProtectionEnabled: deletionProtection,
        lifecycle: { preventDestroy: deletionProtection },
        tags: { Name: this.tableName },
      });
    }
  }

  private keyArn(props: StateBackendProps): string | undefined {
    const encryption = props.encryption ?? "aws";
    if (encryption === "aws") return undefined;
    if (encryption !== "own") return encryption.kmsKeyArn;
    const key = new KmsKey(this, "key", {
      description: `Terraform state of ${props.platform}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
    });
    new KmsAlias(this, "key-alias", { name: `alias/${props.platform}-terraform-state`, targetKeyId: key.keyId });
    return key.arn;
  }
}

function oldVersionsRule(scope: Construct, props: StateBackendProps): S3BucketLifecycleConfigurationRule {
  const { oldVersionDays = 90, oldVersionsKept = 20 } = props;
  const faults = new Faults();
  if (!Number.isInteger(oldVersionDays) || oldVersionDays < 1) {
    faults.add(`old versions expire after ${oldVersionDays} days`, "use a whole number of 1 or more, e.g. 90");
  }
  if (!Number.isInteger(oldVersionsKept) || oldVersionsKept < 1 || oldVersionsKept > 100) {
    faults.add(`${oldVersionsKept} old versions are kept`, "use a whole number of 1 to 100, e.g. 20");
  }
  faults.throwIfAny(scope);
  return {
    id: "old-versions",
    status: "Enabled",
    filter: [{ prefix: "" }],
    noncurrentVersionExpiration: [{ noncurrentDays: oldVersionDays, newerNoncurrentVersions: oldVersionsKept }],
  };
}
