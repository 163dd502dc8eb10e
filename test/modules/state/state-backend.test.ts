import { SynthError } from "@groundplan/modules/core";
import { StateBackend, type StateBackendProps } from "@groundplan/modules/state";
import { type Synthesized, synthesized } from "../network/synthesized";

const VALID: StateBackendProps = { platform: "groundplan", account: "123456789012", region: "us-east-1" };
const BUCKET = "groundplan-terraform-state-123456789012-us-east-1";

function stateWith(change: Partial<StateBackendProps> = {}): Synthesized {
  return synthesized((scope) => new StateBackend(scope, "terraform", { ...VALID, ...change }));
}

test("a bucket and a table, both protected", () => {
  const stack = stateWith();
  expect(stack.one("aws_s3_bucket")).toMatchObject({
    bucket: BUCKET,
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(stack.one("aws_dynamodb_table")).toMatchObject({
    name: "groundplan-terraform-locks",
    billing_mode: "PAY_PER_REQUEST",
    hash_key: "LockID",
    attribute: [{ name: "LockID", type: "S" }],
    point_in_time_recovery: { enabled: true },
    server_side_encryption: { enabled: true },
    deletion_protection_enabled: true,
    lifecycle: { prevent_destroy: true },
  });
  expect(stack.paths("aws_kms_key")).toEqual([]);
});

test("no protection only when it is spelled out", () => {
  const stack = stateWith({ deletionProtection: false, encryption: "own", accessLogs: "own" });
  for (const type of ["aws_s3_bucket", "aws_dynamodb_table", "aws_kms_key"]) {
    for (const resource of Object.values(stack.all(type))) {
      expect(resource.lifecycle).toEqual({ prevent_destroy: false });
    }
  }
  expect(stack.one("aws_dynamodb_table").deletion_protection_enabled).toBe(false);
  expect(Object.values(stack.all("aws_s3_bucket")).map((bucket) => bucket.force_destroy)).toEqual([
    true,
    true,
  ]);
});

test.each([
  ["dynamodb", 1],
  ["both", 1],
  ["s3", 0],
] as const)("locking by %s makes %i table", (locking, tables) => {
  expect(stateWith({ locking }).paths("aws_dynamodb_table")).toHaveLength(tables);
});

test("old versions expire, the newest of them stay", () => {
  const rules = (stack: Synthesized) => stack.one("aws_s3_bucket_lifecycle_configuration").rule;
  expect(rules(stateWith())).toContainEqual(
    expect.objectContaining({
      id: "old-versions",
      noncurrent_version_expiration: [{ noncurrent_days: 90, newer_noncurrent_versions: 20 }],
    }),
  );
  expect(rules(stateWith({ oldVersionDays: 1, oldVersionsKept: 100 }))).toContainEqual(
    expect.objectContaining({
      noncurrent_version_expiration: [{ noncurrent_days: 1, newer_noncurrent_versions: 100 }],
    }),
  );
});

test("an own key: rotated, protected, of the account, for the bucket and the table", () => {
  const stack = stateWith({ encryption: "own" });
  const key = stack.one("aws_kms_key");
  expect(key).toMatchObject({
    enable_key_rotation: true,
    deletion_window_in_days: 30,
    lifecycle: { prevent_destroy: true },
  });
  expect(JSON.parse(String(key.policy)).Statement).toHaveLength(1);
  expect(stack.one("aws_kms_alias").name).toBe("alias/groundplan-terraform-state");
  const arn = `\${${stack.address("aws_kms_key", "terraform/key")}.arn}`;
  expect(stack.one("aws_dynamodb_table").server_side_encryption).toEqual({ enabled: true, kms_key_arn: arn });
  expect(JSON.stringify(stack.one("aws_s3_bucket_server_side_encryption_configuration").rule)).toContain(arn);
});

test("with a key, a writer that names another encryption is denied, and one that names none is not", () => {
  const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const statementsOf = (stack: Synthesized): readonly unknown[] =>
    JSON.parse(String(stack.one("aws_s3_bucket_policy").policy)).Statement;
  const stack = stateWith({ encryption: { kmsKeyArn } });
  expect(statementsOf(stack)).toContainEqual({
    Sid: "KmsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${BUCKET}/*`,
    Condition: {
      Null: { "s3:x-amz-server-side-encryption": "false" },
      StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
    },
  });
  expect(stack.paths("aws_kms_key")).toEqual([]);
  expect(statementsOf(stateWith())).toHaveLength(2);
});

test("access logs go nowhere, to an own bucket that takes no others, or to a given one", () => {
  expect(stateWith().paths("aws_s3_bucket_logging")).toEqual([]);

  const own = stateWith({ accessLogs: "own" });
  const policy = own.one("aws_s3_bucket_policy", "terraform/access-logs/bucket/policy");
  expect(JSON.parse(String(policy.policy)).Statement).toContainEqual({
    Sid: "AccessLogs",
    Effect: "Allow",
    Principal: { Service: "logging.s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: "arn:aws:s3:::groundplan-state-logs-123456789012-us-east-1/*",
    Condition: {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": `arn:aws:s3:::${BUCKET}` },
    },
  });
  // By way of the policy: S3 refuses to log where it may not write.
  const writable = own.address("aws_s3_bucket_policy", "terraform/access-logs/bucket/policy");
  expect(own.one("aws_s3_bucket_logging")).toMatchObject({
    target_bucket: `\${${writable}.bucket}`,
    target_prefix: `${BUCKET}/`,
  });

  const given = stateWith({ accessLogs: { bucketName: "all-logs" } });
  expect(given.one("aws_s3_bucket_logging").target_bucket).toBe("all-logs");
  expect(given.paths("aws_s3_bucket")).toHaveLength(1);
});

test.each([
  [{ oldVersionDays: 0 }, "old versions expire after 0 days"],
  [{ oldVersionDays: 1.5 }, "old versions expire after 1.5 days"],
  [{ oldVersionsKept: 0 }, "0 old versions are kept"],
  [{ oldVersionsKept: 101 }, "101 old versions are kept"],
  [{ account: "1" }, 'account "1" has not 12 digits'],
  [{ encryption: { kmsKeyArn: "key" } }, 'kmsKeyArn "key" is not the ARN of a KMS key'],
])("%j is refused", (change, what) => {
  expect(() => stateWith(change)).toThrow(`${what}\n  at dev-network/terraform\n  `);
});

test("all faults come at once", () => {
  try {
    stateWith({ platform: "G", oldVersionDays: 0, oldVersionsKept: 0 });
  } catch (error) {
    expect(error).toBeInstanceOf(SynthError);
    expect((error as SynthError).faults).toHaveLength(4);
    return;
  }
  throw new Error("nothing was refused");
});
