import { S3Backend, type TerraformStack } from "cdktf";
import { lockTableName, type StateLocation, stateBucketName } from "./names";

/**
 * What keeps two writers from one state: the DynamoDB table, S3's own lock file, or both.
 *
 * `both` is the step between the two: everyone takes both locks, so that those who still look at the
 * table and those who look at the file already exclude each other.
 */
export type Locking = "dynamodb" | "both" | "s3";

/** Properties of {@link backendFor}. */
export interface BackendProps extends StateLocation {
  /** Key of the stack's state in the bucket, e.g. `environments/dev/network/terraform.tfstate`. */
  readonly key: string;

  /**
   * How a write is locked.
   *
   * @default "dynamodb"
   */
  readonly locking?: Locking;
}

/**
 * Gives a stack its remote state.
 *
 * Terraform 1.11 calls `dynamodb_table` deprecated and still honours it; `locking: "s3"` needs 1.10 or newer.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
export function backendFor(stack: TerraformStack, props: BackendProps): S3Backend {
  const locking = props.locking ?? "dynamodb";
  const backend = new S3Backend(stack, {
    bucket: stateBucketName(props),
    key: props.key,
    region: props.region,
    encrypt: true,
    ...(usesTable(locking) ? { dynamodbTable: lockTableName(props) } : {}),
  });
  if (usesLockFile(locking)) stack.addOverride("terraform.backend.s3.use_lockfile", true);
  return backend;
}

/** Whether a kind of locking needs the DynamoDB table. */
export function usesTable(locking: Locking): boolean {
  return locking !== "s3";
}

/** Whether a kind of locking writes S3's lock file. */
export function usesLockFile(locking: Locking): boolean {
  return locking !== "dynamodb";
}
