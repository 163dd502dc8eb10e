import { App, TerraformStack, Testing } from "cdktf";
import type { Environment } from "../../overlays/environment";
import type { Platform } from "../../overlays/settings/platform";
import { addStacks } from "../../stacks";

/** A name that AWS takes once in an account and Region. */
export interface UniqueName {
  /** Terraform type of the resource that has it. */
  readonly type: string;
  readonly name: string;
}

/** Types whose names AWS takes once in an account and Region (IAM: in an account): the argument, and its most characters. */
export const UNIQUE: Readonly<Record<string, readonly [argument: string, maxLength: number]>> = {
  aws_apigatewayv2_api: ["name", 128],
  aws_autoscaling_group: ["name", 255],
  aws_cloudwatch_dashboard: ["dashboard_name", 255],
  aws_cloudwatch_event_rule: ["name", 64],
  aws_cloudwatch_log_group: ["name", 512],
  aws_cloudwatch_metric_alarm: ["alarm_name", 255],
  aws_db_instance: ["identifier", 63],
  aws_db_parameter_group: ["name", 255],
  aws_db_subnet_group: ["name", 255],
  aws_dynamodb_table: ["name", 255],
  aws_ecr_pull_through_cache_rule: ["ecr_repository_prefix", 30],
  aws_ecr_repository: ["name", 256],
  aws_ecr_repository_creation_template: ["prefix", 256],
  aws_ecs_cluster: ["name", 255],
  aws_eks_cluster: ["name", 100],
  aws_iam_instance_profile: ["name", 128],
  aws_iam_policy: ["name", 128],
  aws_iam_role: ["name", 64],
  aws_kms_alias: ["name", 256],
  aws_lambda_function: ["function_name", 64],
  aws_lb: ["name", 32],
  aws_lb_target_group: ["name", 32],
  // Terraform adds 26 characters of its own to the prefix.
  aws_launch_template: ["name_prefix", 102],
  aws_s3_bucket: ["bucket", 63],
  aws_scheduler_schedule_group: ["name", 64],
  aws_scheduler_schedule: ["name", 64],
  aws_security_group: ["name", 255],
  aws_sqs_queue: ["name", 80],
  aws_ssm_parameter: ["name", 1011],
};

/** Types that have no name, or one within another resource: a VPC, a cluster, a role, a queue, a bucket, an API. */
const WITHIN = new Set([
  // By its domain, of which an account may have several.
  "aws_acm_certificate",
  "aws_acm_certificate_validation",
  "aws_apigatewayv2_integration",
  "aws_apigatewayv2_route",
  "aws_apigatewayv2_stage",
  // In its group.
  "aws_autoscaling_policy",
  "aws_autoscaling_schedule",
  "aws_cloudwatch_event_target",
  "aws_cloudwatch_log_metric_filter",
  "aws_default_security_group",
  "aws_ecr_lifecycle_policy",
  // The account's, once in a Region: the checks of overlays let one environment set them.
  "aws_ecr_registry_scanning_configuration",
  "aws_ecr_replication_configuration",
  "aws_ecs_cluster_capacity_providers",
  "aws_egress_only_internet_gateway",
  "aws_eip",
  "aws_eks_access_entry",
  "aws_eks_access_policy_association",
  "aws_eks_addon",
  "aws_eks_node_group",
  "aws_eks_pod_identity_association",
  "aws_flow_log",
  // The account's own, by its URL: GitHub's is `existing` for a second platform, an EKS cluster's holds its id.
  "aws_iam_openid_connect_provider",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_internet_gateway",
  "aws_kms_key",
  "aws_lambda_alias",
  "aws_lambda_event_source_mapping",
  "aws_lambda_permission",
  "aws_lb_listener",
  "aws_lb_target_group_attachment",
  "aws_nat_gateway",
  "aws_route",
  "aws_route53_record",
  // By its domain, of which an account may have several.
  "aws_route53_zone",
  "aws_route_table",
  "aws_route_table_association",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
  "aws_sqs_queue_policy",
  "aws_subnet",
  "aws_vpc",
  "aws_vpc_endpoint",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
  // In the cluster, which is one platform's.
  "helm_release",
  "kubernetes_namespace_v1",
  "kubernetes_secret_v1",
]);

/** Types of which nobody has said whether their names are unique. */
export function unjudgedTypes(types: Iterable<string>): readonly string[] {
  return [...types].filter((type) => !(type in UNIQUE) && !WITHIN.has(type)).sort();
}

/** What all stacks of a platform make, by Terraform type. */
export function resourcesOf(
  platform: Platform,
  environments: readonly Environment[],
): ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]> {
  const app = new App({ outdir: Testing.app().outdir });
  addStacks(app, platform, environments);
  const byType = new Map<string, Readonly<Record<string, unknown>>[]>();
  for (const stack of app.node.children.filter((node) => TerraformStack.isStack(node))) {
    const { resource = {} } = JSON.parse(Testing.synth(stack)) as {
      resource?: Record<string, Record<string, Readonly<Record<string, unknown>>>>;
    };
    for (const [type, made] of Object.entries(resource))
      byType.set(type, [...(byType.get(type) ?? []), ...Object.values(made)]);
  }
  return byType;
}

/** The names that AWS takes once. An account that Terraform learns at plan stands as its 12 digits. */
export function uniqueNames(resources: ReturnType<typeof resourcesOf>): readonly UniqueName[] {
  return Object.entries(UNIQUE).flatMap(([type, [argument]]) =>
    (resources.get(type) ?? []).map((resource) => ({
      type,
      name: String(resource[argument]).replace(/\$\{data\.aws_caller_identity\.[^}]*\}/g, "123456789012"),
    })),
  );
}

/** The names that two platforms would both take. */
export function collisions(one: readonly UniqueName[], other: readonly UniqueName[]): readonly UniqueName[] {
  const taken = new Set(other.map(({ type, name }) => `${type} ${name}`));
  return one.filter(({ type, name }) => taken.has(`${type} ${name}`));
}

/** The names that AWS would refuse for their length. */
export function tooLong(names: readonly UniqueName[]): readonly UniqueName[] {
  return names.filter(({ type, name }) => name.length > (UNIQUE[type]?.[1] ?? 0));
}
