import type { Json } from "../plan-json";
import { isArray, isObject } from "../plan-json";
import type { Found, Rule } from "./risk";

/** Attributes that protect while they are true. */
const WHILE_TRUE = new Set([
  "deletion_protection",
  "deletion_protection_enabled",
  "enable_deletion_protection",
  "disable_api_termination",
  "disable_api_stop",
  "enable_key_rotation",
  "is_enabled",
  "storage_encrypted",
  "encrypted",
  "encryption_at_rest_enabled",
  "transit_encryption_enabled",
  "block_public_acls",
  "block_public_policy",
  "ignore_public_acls",
  "restrict_public_buckets",
  "enable_log_file_validation",
  "termination_protection",
]);

/** Attributes that protect while they are false. */
const WHILE_FALSE = new Set([
  "force_destroy",
  "force_delete",
  "skip_final_snapshot",
  "publicly_accessible",
  "bypass_policy_lockout_safety_check",
  "skip_destroy_protection",
]);

/** Attributes of days that protect less when they shrink. */
const DAYS = new Set(["backup_retention_period", "deletion_window_in_days", "recovery_window_in_days"]);

/** Protections that are a block with a switch: the block, its attribute, the value that protects. */
const SWITCHES: readonly (readonly [string, string, Json])[] = [
  ["point_in_time_recovery", "enabled", true],
  ["versioning_configuration", "status", "Enabled"],
  ["server_side_encryption", "enabled", true],
  ["versioning", "enabled", true],
];

/** Types whose deletion takes a protection away. */
const GUARDS =
  /^aws_(s3_bucket_(public_access_block|versioning|server_side_encryption_configuration|object_lock_configuration)|s3_account_public_access_block|backup_(plan|selection|vault_lock_configuration)|cloudtrail|guardduty_detector|config_configuration_recorder|ebs_encryption_by_default|flow_log)$/;

/** Protections that an update takes away, and guards that are deleted. */
export const protection: Rule = ({ change, before, after, unknown }) => {
  if (change.action === "delete" && GUARDS.test(change.type)) {
    return [found("the protection that it gives is taken away")];
  }
  if (change.action !== "update" && change.action !== "replace") return [];
  const lost: string[] = [];
  for (const [name, was] of Object.entries(before)) {
    const now = after[name];
    if (unknown(name)) continue;
    if (WHILE_TRUE.has(name) && was === true && now !== true) lost.push(`${name} is turned off`);
    if (WHILE_FALSE.has(name) && was === false && now === true) lost.push(`${name} is turned on`);
    if (DAYS.has(name) && typeof was === "number" && typeof now === "number" && now < was) {
      lost.push(`${name} shrinks from ${was} to ${now}`);
    }
  }
  for (const [block, attribute, protects] of SWITCHES) {
    if (unknown(block)) continue;
    if (switchOf(before[block], attribute) === protects && switchOf(after[block], attribute) !== protects) {
      lost.push(`${block} is turned off`);
    }
  }
  return lost.map(found);
};

function found(message: string): Found {
  return { rule: "protection-removed", level: "high", message };
}

function switchOf(block: Json | undefined, attribute: string): Json | undefined {
  const [first] = isArray(block) ? block : [];
  return isObject(first) ? first[attribute] : undefined;
}
