import type { Json, PlanJson } from "../../../../cli/report/plan-json";
import { reportWith, resource } from "../runs";
import { create, remove, update } from "./found";

const metadata = (http_tokens: string) => ({ metadata_options: [{ http_tokens }] });

test.each<[string, Json, Json]>([
  ["aws_x", { deletion_protection: true }, { deletion_protection: false }],
  ["aws_cognito_user_pool", { deletion_protection: "ACTIVE" }, { deletion_protection: "INACTIVE" }],
  ["aws_kms_key", { enable_key_rotation: true }, { enable_key_rotation: false }],
  ["aws_kms_key", { is_enabled: true }, { is_enabled: false }],
  ["aws_s3_bucket", { force_destroy: false }, { force_destroy: true }],
  ["aws_s3_bucket", { force_destroy: null }, { force_destroy: true }],
  ["aws_x", { skip_final_snapshot: false }, { skip_final_snapshot: true }],
  ["aws_rds_cluster", { backup_retention_period: 7 }, { backup_retention_period: 1 }],
  ["aws_rds_cluster", { backup_retention_period: 7 }, { backup_retention_period: 0 }],
  [
    "aws_x",
    { point_in_time_recovery: [{ enabled: true }] },
    { point_in_time_recovery: [{ enabled: false }] },
  ],
  ["aws_x", { point_in_time_recovery: [{ enabled: true }] }, { point_in_time_recovery: [] }],
  [
    "aws_s3_bucket_versioning",
    { versioning_configuration: [{ status: "Enabled" }] },
    { versioning_configuration: [{ status: "Suspended" }] },
  ],
  ["aws_sqs_queue", { sqs_managed_sse_enabled: true }, { sqs_managed_sse_enabled: false }],
  [
    "aws_sqs_queue",
    { kms_master_key_id: "alias/a" },
    { kms_master_key_id: null, sqs_managed_sse_enabled: false },
  ],
  ["aws_sns_topic", { kms_master_key_id: "alias/a" }, { kms_master_key_id: "" }],
  [
    "aws_opensearch_domain",
    { encrypt_at_rest: [{ enabled: true }] },
    { encrypt_at_rest: [{ enabled: false }] },
  ],
  ["aws_ebs_encryption_by_default", { enabled: true }, { enabled: false }],
  ["aws_launch_template", ebs(true, true), ebs(true, false)],
  ["aws_cloudtrail", { enable_logging: true }, { enable_logging: false }],
  ["aws_guardduty_detector", { enable: true }, { enable: false }],
  ["aws_instance", metadata("required"), metadata("optional")],
  ["aws_launch_template", metadata("required"), { metadata_options: [] }],
  ["aws_ecr_repository", { image_tag_mutability: "IMMUTABLE" }, { image_tag_mutability: "MUTABLE" }],
  [
    "aws_eks_cluster",
    { enabled_cluster_log_types: ["api", "audit"] },
    { enabled_cluster_log_types: ["api"] },
  ],
  ["aws_eks_cluster", { enabled_cluster_log_types: ["api"] }, { enabled_cluster_log_types: [] }],
  ["aws_ebs_snapshot_block_public_access", { state: "block-all-sharing" }, { state: "unblocked" }],
])("%s: %j to %j takes a protection away, and the other way gives one", (type, before, after) => {
  expect(update(type, before, after)).toEqual([expect.stringMatching(/^high protection-removed: /)]);
  expect(update(type, after, before)).toEqual([]);
  expect(update(type, before, before)).toEqual([]);
  expect(create(type, after).join()).not.toContain("protection-removed");
});

test("logs that are kept shorter, where 0 is for ever", () => {
  const keep = (was: number, now: number) =>
    update("aws_cloudwatch_log_group", { retention_in_days: was }, { retention_in_days: now });
  expect(keep(90, 7)).toEqual(["medium protection-removed: retention_in_days shrinks from 90 to 7"]);
  expect(keep(0, 7)).toEqual(["medium protection-removed: retention_in_days shrinks from for ever to 7"]);
  expect(keep(90, 0)).toEqual([]);
  expect(keep(7, 90)).toEqual([]);
});

test.each([
  [
    "aws_sqs_queue",
    { sqs_managed_sse_enabled: true },
    { sqs_managed_sse_enabled: false, kms_master_key_id: "k" },
  ],
  ["aws_sqs_queue", { kms_master_key_id: "k" }, { sqs_managed_sse_enabled: true }],
  [
    "aws_ecr_repository",
    { image_tag_mutability: "IMMUTABLE" },
    { image_tag_mutability: "IMMUTABLE_WITH_EXCLUSION" },
  ],
  [
    "aws_eks_cluster",
    { enabled_cluster_log_types: ["audit", "api"] },
    { enabled_cluster_log_types: ["audit"] },
  ],
  ["aws_cloudwatch_event_rule", { is_enabled: true, enable: true }, { is_enabled: false, enable: false }],
  ["aws_kinesis_stream", { retention_in_days: 9 }, { retention_in_days: 1 }],
])("%s: %j to %j takes none away", (type, before, after) => {
  expect(update(type, before, after)).toEqual([]);
});

test("what is known only after the apply is not judged, nor what becomes secret", () => {
  const was = { deletion_protection: true };
  expect(update("aws_x", was, {}, { after_unknown: { deletion_protection: true } })).toEqual([]);
  expect(update("aws_x", was, was, { after_sensitive: { deletion_protection: true } })).toEqual([]);
  const queue = { kms_master_key_id: "k" };
  expect(update("aws_sqs_queue", queue, {}, { after_unknown: { sqs_managed_sse_enabled: true } })).toEqual(
    [],
  );
  expect(
    update(
      "aws_instance",
      metadata("required"),
      { metadata_options: [{}] },
      {
        after_unknown: { metadata_options: [{ http_tokens: true }] },
      },
    ),
  ).toEqual([]);
});

describe("guards", () => {
  const taken = "high protection-removed: the protection that it gives is taken away";

  test.each([
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_versioning",
    "aws_secretsmanager_secret_rotation",
    "aws_flow_log",
    "aws_cloudtrail",
    "aws_guardduty_detector",
    "aws_wafv2_web_acl_association",
  ])("%s is deleted", (type) => {
    expect(remove(type)).toContain(taken);
  });

  test("other things are", () => {
    expect(remove("aws_s3_bucket_notification").join()).not.toContain("protection");
  });

  test("a guard that goes with what it guards", () => {
    const deleted = (address: string, before: object) => resource(address, ["delete"], { ...before }, null);
    const block = deleted("aws_s3_bucket_public_access_block.a", { id: "data", bucket: "data" });
    const denial = deleted("aws_s3_bucket_policy.a", {
      id: "data",
      bucket: "data",
      policy: '{"Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*","Principal":"*"}}',
    });
    const bucket = deleted("aws_s3_bucket.a", { id: "data", arn: "arn:aws:s3:::data" });
    const rules = (...changes: PlanJson["resource_changes"] & object) =>
      reportWith({ "dev-a": { resource_changes: changes } }).stacks[0]?.risks.map(({ rule }) => rule);

    expect(rules(block, denial)).toEqual(expect.arrayContaining(["protection-removed", "iam-broadened"]));
    expect(rules(block, denial, bucket)).toEqual(["delete-stateful", "delete", "delete"]);
    // Another thing of the same name is not the bucket.
    const role = deleted("aws_iam_role.a", { id: "data", name: "data" });
    expect(rules(block, role)).toContain("protection-removed");
    const trail = deleted("aws_cloudtrail.a", {
      id: "t",
      arn: "arn:aws:cloudtrail:us-east-1:123456789012:trail/t",
    });
    expect(rules(trail)).toContain("protection-removed");
    const rotation = deleted("aws_secretsmanager_secret_rotation.a", { id: "arn:x", secret_id: "arn:x" });
    expect(rules(rotation)).toContain("protection-removed");
    const secret = deleted("aws_secretsmanager_secret.a", { id: "arn:x", arn: "arn:x" });
    expect(rules(rotation, secret)).toEqual(["delete-stateful", "delete"]);
  });
});

function ebs(...encrypted: boolean[]): Json {
  return { block_device_mappings: encrypted.map((each) => ({ ebs: [{ encrypted: each }] })) };
}
