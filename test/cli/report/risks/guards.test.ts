import type { PlanJson } from "../../../../cli/plan/plan-json";
import { reportWith, resource } from "../runs";
import { remove } from "./risk-fixtures";

describe("guards", () => {
  const taken = "high protection-removed: the protection that it gives is taken away";

  test.each([
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_object_lock_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_replication_configuration",
    "aws_s3_account_public_access_block",
    "aws_ebs_encryption_by_default",
    "aws_ebs_snapshot_block_public_access",
    "aws_ec2_image_block_public_access",
    "aws_ec2_instance_metadata_defaults",
    "aws_emr_block_public_access_configuration",
    "aws_vpc_block_public_access_options",
    "aws_backup_plan",
    "aws_backup_selection",
    "aws_backup_vault_lock_configuration",
    "aws_efs_backup_policy",
    "aws_db_instance_automated_backups_replication",
    "aws_dlm_lifecycle_policy",
    "aws_cloudtrail",
    "aws_cloudtrail_event_data_store",
    "aws_flow_log",
    "aws_route53_query_log",
    "aws_guardduty_detector",
    "aws_guardduty_detector_feature",
    "aws_config_configuration_recorder",
    "aws_config_configuration_recorder_status",
    "aws_config_delivery_channel",
    "aws_config_config_rule",
    "aws_config_conformance_pack",
    "aws_securityhub_account",
    "aws_macie2_account",
    "aws_inspector2_enabler",
    "aws_accessanalyzer_analyzer",
    "aws_detective_graph",
    "aws_secretsmanager_secret_rotation",
    "aws_iam_account_password_policy",
    "aws_cloudwatch_log_data_protection_policy",
    "aws_wafv2_web_acl",
    "aws_wafv2_web_acl_association",
    "aws_wafv2_web_acl_logging_configuration",
    "aws_shield_protection",
    "aws_networkfirewall_firewall",
    "aws_route53_hosted_zone_dnssec",
    "aws_ecr_registry_scanning_configuration",
    "aws_organizations_policy",
    "aws_organizations_policy_attachment",
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
