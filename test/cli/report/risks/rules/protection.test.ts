import type { Json } from "../../../../../cli/input/json";
import { create, update } from "../risk-fixtures";

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

test.each<[string, string, Json, Json]>([
  ["aws_lb", "enable_deletion_protection", true, false],
  ["aws_dynamodb_table", "deletion_protection_enabled", true, false],
  ["aws_emr_cluster", "termination_protection", true, false],
  ["aws_instance", "disable_api_termination", true, false],
  ["aws_instance", "disable_api_stop", true, false],
  ["aws_ecr_repository", "force_delete", false, true],
  ["aws_kms_key", "bypass_policy_lockout_safety_check", null, true],
  ["aws_s3_bucket", "object_lock_enabled", true, false],
  ["aws_elasticache_replication_group", "snapshot_retention_limit", 7, 0],
  ["aws_fsx_lustre_file_system", "automatic_backup_retention_days", 7, 0],
  ["aws_redshift_cluster", "automated_snapshot_retention_period", 7, 1],
  ["aws_kms_key", "deletion_window_in_days", 30, 7],
  ["aws_secretsmanager_secret", "recovery_window_in_days", 30, 0],
  ["aws_db_instance", "storage_encrypted", true, false],
  ["aws_efs_file_system", "encrypted", true, false],
  ["aws_elasticache_replication_group", "at_rest_encryption_enabled", true, false],
  ["aws_elasticache_replication_group", "transit_encryption_enabled", true, false],
  ["aws_eks_cluster", "encryption_config", [{ resources: ["secrets"] }], []],
  ["aws_cloudtrail", "enable_log_file_validation", true, false],
  ["aws_cloudtrail", "is_multi_region_trail", true, false],
  ["aws_cloudtrail", "include_global_service_events", true, false],
  ["aws_guardduty_detector_feature", "status", "ENABLED", "DISABLED"],
  ["aws_config_configuration_recorder_status", "is_enabled", true, false],
  ["aws_emr_block_public_access_configuration", "block_public_security_group_rules", true, false],
  ["aws_ec2_instance_metadata_defaults", "http_tokens", "required", "optional"],
  ["aws_cognito_user_pool", "mfa_configuration", "ON", "OPTIONAL"],
  ["aws_cloudfront_distribution", "web_acl_id", "arn", ""],
])("%s.%s from %j to %j, and the other way", (type, name, before, after) => {
  const told = [expect.stringMatching(`^high protection-removed: ${name} `)];
  expect(update(type, { [name]: before }, { [name]: after })).toEqual(told);
  expect(update(type, { [name]: after }, { [name]: before })).toEqual([]);
});

test.each<[string, string, string, Json, Json]>([
  ["aws_efs_backup_policy", "backup_policy", "status", "ENABLED", "DISABLED"],
  ["aws_dynamodb_table", "point_in_time_recovery", "recovery_period_in_days", 35, 7],
  ["aws_dynamodb_table", "server_side_encryption", "enabled", true, false],
  ["aws_keyspaces_table", "point_in_time_recovery", "status", "ENABLED", "DISABLED"],
  ["aws_s3_bucket", "versioning", "enabled", true, false],
  ["aws_instance", "root_block_device", "encrypted", true, false],
  ["aws_opensearch_domain", "node_to_node_encryption", "enabled", true, false],
  ["aws_opensearch_domain", "domain_endpoint_options", "enforce_https", true, false],
])("%s: %s.%s from %j to %j, and the other way", (type, block, name, before, after) => {
  const of = (value: Json) => ({ [block]: [{ [name]: value }] });
  expect(update(type, of(before), of(after))).toEqual([expect.stringMatching("^high protection-removed: ")]);
  expect(update(type, of(after), of(before))).toEqual([]);
});

test("what is deeper within blocks", () => {
  const rule = (mode: string) => ({ rule: [{ default_retention: [{ mode }] }] });
  const lock = "aws_s3_bucket_object_lock_configuration";
  expect(update(lock, rule("COMPLIANCE"), rule("GOVERNANCE"))).toHaveLength(1);
  expect(update(lock, rule("GOVERNANCE"), rule("COMPLIANCE"))).toEqual([]);
  const info = (client_broker: string) => ({
    encryption_info: [{ encryption_in_transit: [{ client_broker }] }],
  });
  expect(update("aws_msk_cluster", info("TLS"), info("TLS_PLAINTEXT"))).toHaveLength(1);
  expect(update("aws_msk_cluster", info("TLS_PLAINTEXT"), info("TLS"))).toEqual([]);
});

test.each<[string, Json, Json]>([
  ["aws_cloudwatch_log_group", { kms_key_id: "arn" }, { kms_key_id: null }],
  ["aws_cloudtrail", { cloud_watch_logs_group_arn: "arn" }, { cloud_watch_logs_group_arn: "" }],
  ["aws_lb", { access_logs: [{ enabled: true }] }, { access_logs: [{ enabled: false }] }],
  [
    "aws_ecr_repository",
    { image_scanning_configuration: [{ scan_on_push: true }] },
    { image_scanning_configuration: [{ scan_on_push: false }] },
  ],
])("%s: %j to %j is less", (type, before, after) => {
  expect(update(type, before, after)).toEqual([expect.stringMatching("^medium protection-removed: ")]);
  expect(update(type, after, before)).toEqual([]);
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

function ebs(...encrypted: boolean[]): Json {
  return { block_device_mappings: encrypted.map((each) => ({ ebs: [{ encrypted: each }] })) };
}
