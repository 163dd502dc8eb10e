import { isArray, type Json } from "../../input/json";
import type { Level } from "./risk";

/** An attribute that protects, and how it stops doing so. */
export interface Protection {
  /** Attribute, or a path of blocks: `block.attribute`. */
  readonly path: string;

  /**
   * - `on`: protects while it is true;
   * - `off`: protects while it is not true;
   * - `set`: protects while it has a value;
   * - `number`: protects less when it shrinks;
   * - `number or ever`: the same, and 0 is for ever;
   * - a text or several: protects while it is one of these.
   */
  readonly while: "on" | "off" | "set" | "number" | "number or ever" | readonly string[];

  /** Types that have it. @default every type */
  readonly types?: RegExp;

  /** @default "high" */
  readonly level?: Level;

  /** An attribute that, when it is true or has a value, protects in its place. */
  readonly or?: string;
}

const on = (...paths: readonly string[]): readonly Protection[] =>
  paths.map((path) => ({ path, while: "on" }));
const off = (...paths: readonly string[]): readonly Protection[] =>
  paths.map((path) => ({ path, while: "off" }));

/** What protects. */
export const PROTECTIONS: readonly Protection[] = [
  // Against deletion
  ...on("deletion_protection", "deletion_protection_enabled", "enable_deletion_protection"),
  ...on("termination_protection", "disable_api_termination", "disable_api_stop"),
  ...off("force_destroy", "force_delete", "skip_final_snapshot", "skip_destroy_protection"),
  ...off("bypass_policy_lockout_safety_check"),
  { path: "deletion_protection", while: ["ACTIVE"] },
  { path: "object_lock_enabled", while: "on" },
  { path: "rule.default_retention.mode", while: ["COMPLIANCE"], types: /^aws_s3_bucket_object_lock_/ },
  { path: "image_tag_mutability", while: ["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"] },

  // Backups and versions
  { path: "backup_retention_period", while: "number" },
  { path: "snapshot_retention_limit", while: "number" },
  { path: "automatic_backup_retention_days", while: "number" },
  { path: "automated_snapshot_retention_period", while: "number" },
  { path: "deletion_window_in_days", while: "number" },
  { path: "recovery_window_in_days", while: "number" },
  { path: "point_in_time_recovery.recovery_period_in_days", while: "number" },
  ...on("point_in_time_recovery.enabled", "versioning.enabled"),
  { path: "point_in_time_recovery.status", while: ["ENABLED"] },
  { path: "versioning_configuration.status", while: ["Enabled"] },
  { path: "backup_policy.status", while: ["ENABLED"] },

  // Encryption
  ...on("storage_encrypted", "encrypted", "encryption_at_rest_enabled", "at_rest_encryption_enabled"),
  ...on("transit_encryption_enabled", "root_block_device.encrypted", "block_device_mappings.ebs.encrypted"),
  ...on("server_side_encryption.enabled", "encrypt_at_rest.enabled", "node_to_node_encryption.enabled"),
  ...on("domain_endpoint_options.enforce_https"),
  { path: "enabled", while: "on", types: /^aws_ebs_encryption_by_default$/ },
  { path: "sqs_managed_sse_enabled", while: "on", or: "kms_master_key_id" },
  { path: "kms_master_key_id", while: "set", types: /^aws_sqs_queue$/, or: "sqs_managed_sse_enabled" },
  { path: "kms_master_key_id", while: "set", types: /^aws_sns_topic$/ },
  { path: "kms_key_id", while: "set", types: /^aws_(cloudwatch_log_group|cloudtrail)$/, level: "medium" },
  { path: "encryption_config", while: "set", types: /^aws_eks_cluster$/ },
  { path: "encryption_info.encryption_in_transit.client_broker", while: ["TLS"] },
  { path: "enable_key_rotation", while: "on" },
  { path: "is_enabled", while: "on", types: /^aws_kms_/ },

  // What is watched and written down
  { path: "enable_logging", while: "on", types: /^aws_cloudtrail$/ },
  ...on("enable_log_file_validation", "is_multi_region_trail", "include_global_service_events"),
  { path: "cloud_watch_logs_group_arn", while: "set", types: /^aws_cloudtrail$/, level: "medium" },
  { path: "enable", while: "on", types: /^aws_guardduty_/ },
  { path: "status", while: ["ENABLED"], types: /^aws_(guardduty_detector_feature|macie2_account)$/ },
  { path: "is_enabled", while: "on", types: /^aws_config_configuration_recorder_status$/ },
  {
    path: "retention_in_days",
    while: "number or ever",
    types: /^aws_cloudwatch_log_group$/,
    level: "medium",
  },
  { path: "access_logs.enabled", while: "on", types: /^aws_(lb|alb|elb)$/, level: "medium" },
  { path: "image_scanning_configuration.scan_on_push", while: "on", level: "medium" },

  // Against access
  ...on("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"),
  ...on("block_public_security_group_rules"),
  { path: "metadata_options.http_tokens", while: ["required"] },
  { path: "http_tokens", while: ["required"], types: /^aws_ec2_instance_metadata_defaults$/ },
  { path: "mfa_configuration", while: ["ON"], types: /^aws_cognito_user_pool$/ },
  { path: "web_acl_id", while: "set", types: /^aws_cloudfront_distribution$/ },
  {
    path: "state",
    while: ["block-all-sharing", "block-new-sharing"],
    types: /^aws_(ebs_snapshot|ec2_image)_block_public_access$/,
  },
];

/** Whether there is nothing in a value. */
export function isUnset(value: Json | undefined): boolean {
  return value === undefined || value === null || value === "" || (isArray(value) && value.length === 0);
}
