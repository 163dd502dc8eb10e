/** A finding of checkov that is not mended, and why. */
export interface CheckovException {
  /** Id of the check, e.g. `CKV_AWS_338`. */
  readonly check: string;

  /** Matches the resource's address, with its stack as the module: `module.dev-network.aws_…`. */
  readonly resource: RegExp;

  readonly reason: string;
}

/** An exception that no finding needs any more fails the test, so that this list never grows stale. */
export const EXCEPTIONS: readonly CheckovException[] = [
  {
    check: "CKV_AWS_158",
    resource: /-network\.aws_cloudwatch_log_group\.vpc_flow-logs/,
    reason:
      "CloudWatch Logs encrypts every group with a key of its own; a KMS key is the overlay's `flowLogs.encrypted`",
  },
  {
    check: "CKV_AWS_338",
    resource: /-network\.aws_cloudwatch_log_group\.vpc_flow-logs/,
    reason:
      "Flow logs are for looking into a fault, and kept 14, 30 or 90 days: a year costs more than it tells",
  },
  {
    check: "CKV_AWS_136",
    resource: /\.dev-registry\.aws_ecr_repository\./,
    reason: "ECR encrypts with AES-256; a KMS key of one's own is for staging and prod",
  },
  {
    check: "CKV_AWS_51",
    resource: /\.dev-registry\.aws_ecr_repository\./,
    reason: "In dev a tag such as `latest` may move",
  },
  {
    check: "CKV_AWS_119",
    resource: /\.state\.aws_dynamodb_table\.terraform_locks/,
    reason: "The lock table holds no secret: a state's path, who locked it, a checksum. DynamoDB encrypts it",
  },
  {
    check: "CKV_AWS_145",
    resource: /\.state\.aws_s3_bucket\.terraform_state/,
    reason:
      "S3 encrypts the state with its own keys. A KMS key is `encryption` of StateBackend: whoever reads a state then needs it too",
  },
  {
    check: "CKV_AWS_18",
    resource: /\.state\.aws_s3_bucket\.terraform_state/,
    reason: "Reads of the state belong into the account's CloudTrail data events, not into another bucket",
  },
  {
    check: "CKV2_AWS_62",
    resource: /\.state\.aws_s3_bucket\.terraform_state/,
    reason: "Nothing acts on a new state",
  },
  {
    check: "CKV_AWS_144",
    resource: /\.state\.aws_s3_bucket\.terraform_state/,
    reason:
      "Old versions bring a lost state back. A replica does not take part in the locks: two writers in two Regions would lose each other's work",
  },
  {
    check: "CKV2_AWS_34",
    resource: /\.aws_ssm_parameter\.contract$/,
    reason: "A contract holds ids and addresses for every reader of the account, never a secret",
  },
];
