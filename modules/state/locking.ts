/**
 * What keeps two writers from one state: the DynamoDB table, S3's own lock file, or both.
 *
 * `both` is the step between the two: everyone takes both locks, so that those who still look at the
 * table and those who look at the file already exclude each other.
 *
 * Terraform 1.11 calls the table deprecated and still honours it; the lock file needs 1.10 or newer.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
 */
export type Locking = "dynamodb" | "both" | "s3";

/** Whether a kind of locking needs the DynamoDB table. */
export function usesTable(locking: Locking): boolean {
  return locking !== "s3";
}

/** Whether a kind of locking writes S3's lock file. */
export function usesLockFile(locking: Locking): boolean {
  return locking !== "dynamodb";
}
