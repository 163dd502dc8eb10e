import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import type { Construct } from "constructs";

/** Properties of {@link lockTable}. */
export interface LockTableProps {
  /** Name of the table: 3 to 255 letters, digits, `_`, `.` and `-`. */
  readonly name: string;

  /** Keeps Terraform and AWS from deleting it. */
  readonly deletionProtection: boolean;

  /** ARN of the KMS key that encrypts it. @default - DynamoDB's own key */
  readonly kmsKeyArn?: string;
}

/**
 * The DynamoDB table in which Terraform notes who holds the lock of a state.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#dynamodb-state-locking
 */
export function lockTable(
  scope: Construct,
  id: string,
  { name, deletionProtection, kmsKeyArn }: LockTableProps,
): DynamodbTable {
  return new DynamodbTable(scope, id, {
    name,
    billingMode: "PAY_PER_REQUEST",
    // What Terraform looks for by name, and nothing else.
    hashKey: "LockID",
    attribute: [{ name: "LockID", type: "S" }],
    pointInTimeRecovery: { enabled: true },
    serverSideEncryption: { enabled: true, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) },
    deletionProtectionEnabled: deletionProtection,
    lifecycle: { preventDestroy: deletionProtection },
    tags: { Name: name },
  });
}
