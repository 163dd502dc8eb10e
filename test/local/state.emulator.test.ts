import { type Emulator, startEmulator } from "../emulator";
import { comesAndGoes } from "./configuration";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(async () => emulator?.stop());

const bucket = "${aws_s3_bucket.state.id}";

test("a state bucket and a lock table: applied, no second change, destroyed", async () => {
  await comesAndGoes(emulator, {
    aws_kms_key: { state: { description: "state", enable_key_rotation: true, deletion_window_in_days: 7 } },
    aws_kms_alias: { state: { name: "alias/state", target_key_id: "${aws_kms_key.state.key_id}" } },
    aws_s3_bucket: { state: { bucket: "the-state", force_destroy: true, tags: { Name: "state" } } },
    aws_s3_bucket_versioning: { state: { bucket, versioning_configuration: { status: "Enabled" } } },
    aws_s3_bucket_server_side_encryption_configuration: {
      state: {
        bucket,
        rule: {
          apply_server_side_encryption_by_default: {
            sse_algorithm: "aws:kms",
            kms_master_key_id: "${aws_kms_key.state.arn}",
          },
          bucket_key_enabled: true,
        },
      },
    },
    aws_s3_bucket_ownership_controls: {
      state: { bucket, rule: { object_ownership: "BucketOwnerEnforced" } },
    },
    aws_s3_bucket_public_access_block: {
      state: {
        bucket,
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      },
    },
    aws_s3_bucket_policy: {
      state: {
        bucket,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "TlsOnly",
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: ["arn:aws:s3:::the-state", "arn:aws:s3:::the-state/*"],
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
        depends_on: ["aws_s3_bucket_public_access_block.state"],
      },
    },
    // The provider reads this ten times, five seconds apart, before it believes it: 55 seconds on AWS too.
    aws_s3_bucket_lifecycle_configuration: {
      state: {
        bucket,
        rule: [
          {
            id: "unfinished-uploads",
            status: "Enabled",
            filter: { prefix: "" },
            abort_incomplete_multipart_upload: { days_after_initiation: 7 },
          },
          {
            id: "old-versions",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrent_version_expiration: { noncurrent_days: 90, newer_noncurrent_versions: 20 },
          },
        ],
        depends_on: ["aws_s3_bucket_versioning.state"],
      },
    },
    aws_s3_object: {
      first: { bucket, key: "a/b.json", content: "{}", depends_on: ["aws_s3_bucket_versioning.state"] },
    },
    aws_dynamodb_table: {
      locks: {
        name: "the-locks",
        billing_mode: "PAY_PER_REQUEST",
        hash_key: "LockID",
        attribute: [{ name: "LockID", type: "S" }],
        point_in_time_recovery: { enabled: true },
        server_side_encryption: { enabled: true, kms_key_arn: "${aws_kms_key.state.arn}" },
        tags: { Name: "locks" },
      },
    },
  });
});

test("parameters of every kind: applied, no second change, destroyed", async () => {
  const name = "/groundplan/dev";
  await comesAndGoes(emulator, {
    aws_kms_key: { parameters: { description: "parameters", deletion_window_in_days: 7 } },
    aws_ssm_parameter: {
      contract: {
        name: `${name}/network`,
        type: "String",
        value: '{"vpcId":"vpc-1"}',
        tags: { Name: "contract" },
      },
      large: { name: `${name}/large`, type: "String", tier: "Advanced", value: "x".repeat(6000) },
      list: { name: `${name}/list`, type: "StringList", value: "a,b", allowed_pattern: "^[a-z,]+$" },
      secret: {
        name: `${name}/secret`,
        type: "SecureString",
        value: "s",
        key_id: "${aws_kms_key.parameters.arn}",
      },
    },
  });
});
