import { SecureBucket, type SecureBucketProps } from "@groundplan/modules/bucket";
import { type Synthesized, synthesized } from "../network/synthesized";

const NAME = "groundplan-things-123456789012-us-east-1";

function bucketWith(change: Partial<SecureBucketProps> = {}): Synthesized {
  return synthesized(
    (scope) => new SecureBucket(scope, "bucket", { bucketName: NAME, region: "us-east-1", ...change }),
  );
}

interface Statement {
  readonly Sid: string;
}

function statements(stack: Synthesized): readonly Statement[] {
  return JSON.parse(String(stack.one("aws_s3_bucket_policy").policy)).Statement;
}

test("closed, encrypted, versioned, without ACLs, and protected", () => {
  const stack = bucketWith();
  expect(stack.one("aws_s3_bucket")).toMatchObject({
    bucket: NAME,
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(stack.one("aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(stack.one("aws_s3_bucket_ownership_controls").rule).toEqual({
    object_ownership: "BucketOwnerEnforced",
  });
  expect(stack.one("aws_s3_bucket_versioning").versioning_configuration).toEqual({ status: "Enabled" });
  expect(stack.one("aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
    { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" }, bucket_key_enabled: false },
  ]);
});

test("only TLS 1.2 or newer comes in, whoever asks", () => {
  const deny = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${NAME}`, `arn:aws:s3:::${NAME}/*`],
  };
  expect(statements(bucketWith())).toEqual([
    { Sid: "TlsOnly", ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Sid: "Tls12OrNewer", ...deny, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ]);
  const china = String(bucketWith({ region: "cn-north-1" }).one("aws_s3_bucket_policy").policy);
  expect(china).toContain("arn:aws-cn:s3:::");
});

test("more statements come after those, and the policy waits for the public access block", () => {
  const stack = bucketWith({ policyStatements: [{ Sid: "More", Effect: "Allow", Action: "s3:GetObject" }] });
  expect(statements(stack).map(({ Sid }) => Sid)).toEqual(["TlsOnly", "Tls12OrNewer", "More"]);
  expect(stack.one("aws_s3_bucket_policy").depends_on).toEqual([
    stack.address("aws_s3_bucket_public_access_block", "bucket/public-access"),
  ]);
});

test("a KMS key comes with the bucket key, which spares a call to KMS per object", () => {
  expect(
    bucketWith({ kmsKeyArn: "arn:key" }).one("aws_s3_bucket_server_side_encryption_configuration").rule,
  ).toEqual([
    {
      apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: "arn:key" },
      bucket_key_enabled: true,
    },
  ]);
});

test("unfinished uploads go, and further rules follow", () => {
  const more = { id: "more", status: "Enabled", filter: [{ prefix: "" }], expiration: [{ days: 5 }] };
  const lifecycle = bucketWith({ lifecycleRules: [more] }).one("aws_s3_bucket_lifecycle_configuration");
  expect(lifecycle.rule).toEqual([
    expect.objectContaining({ abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }] }),
    more,
  ]);
});

test("protection and versions go only when that is said", () => {
  const stack = bucketWith({ deletionProtection: false, versioned: false });
  expect(stack.one("aws_s3_bucket")).toMatchObject({
    force_destroy: true,
    lifecycle: { prevent_destroy: false },
  });
  expect(stack.one("aws_s3_bucket_versioning").versioning_configuration).toEqual({ status: "Disabled" });
});

test("access is logged on request", () => {
  expect(bucketWith().paths("aws_s3_bucket_logging")).toEqual([]);
  const stack = bucketWith({ accessLogs: { bucketName: "logs", prefix: "things/" } });
  expect(stack.one("aws_s3_bucket_logging")).toMatchObject({
    target_bucket: "logs",
    target_prefix: "things/",
  });
});
