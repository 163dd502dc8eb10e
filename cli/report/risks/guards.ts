/** Types whose deletion takes a protection away from something else. */
const GUARDS: readonly RegExp[] = [
  /^aws_s3_bucket_(public_access_block|versioning|server_side_encryption_configuration|object_lock_configuration|logging|replication_configuration)$/,
  /^aws_(s3_account_public_access_block|ebs_encryption_by_default|ebs_snapshot_block_public_access)$/,
  /^aws_(ec2_image_block_public_access|ec2_instance_metadata_defaults|emr_block_public_access_configuration)$/,
  /^aws_vpc_block_public_access_options$/,
  /^aws_backup_(plan|selection|vault_lock_configuration)$/,
  /^aws_(efs_backup_policy|db_instance_automated_backups_replication|dlm_lifecycle_policy)$/,
  /^aws_(cloudtrail|cloudtrail_event_data_store|flow_log|route53_query_log|guardduty_detector|guardduty_detector_feature)$/,
  /^aws_config_(configuration_recorder|configuration_recorder_status|delivery_channel|config_rule|conformance_pack)$/,
  /^aws_(securityhub_account|macie2_account|inspector2_enabler|accessanalyzer_analyzer|detective_graph)$/,
  /^aws_(secretsmanager_secret_rotation|iam_account_password_policy|cloudwatch_log_data_protection_policy)$/,
  /^aws_(wafv2_web_acl|wafv2_web_acl_association|wafv2_web_acl_logging_configuration|shield_protection)$/,
  /^aws_(networkfirewall_firewall|route53_hosted_zone_dnssec|ecr_registry_scanning_configuration)$/,
  /^aws_organizations_policy(_attachment)?$/,
];

/** Whether deleting a resource of a type takes a protection away from something else. */
export function isGuard(type: string): boolean {
  return GUARDS.some((pattern) => pattern.test(type));
}
