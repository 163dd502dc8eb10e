/** What version 6 of the AWS provider no longer takes, or warns of, in a resource or data source: arguments, or all of it. */
type Dropped = readonly string[] | "all";

/**
 * Arguments that version 6 has removed, renamed or deprecated, by type.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-6-upgrade, read in November 2026
 */
export const DROPPED: Readonly<Record<"resource" | "data", Readonly<Record<string, Dropped>>>> = {
  resource: {
    aws_api_gateway_account: ["reset_on_delete"],
    aws_api_gateway_deployment: ["stage_name", "stage_description", "canary_settings"],
    aws_batch_compute_environment: ["compute_environment_name", "compute_environment_name_prefix"],
    aws_batch_job_queue: ["compute_environments"],
    aws_cloudformation_stack_set_instance: ["region"],
    aws_cloudfront_response_headers_policy: ["etag"],
    aws_config_aggregate_authorization: ["region"],
    aws_dms_endpoint: ["s3_settings"],
    aws_dx_gateway_association: ["vpn_gateway_id"],
    aws_dx_hosted_connection: ["region"],
    aws_ecs_task_definition: ["inference_accelerator"],
    aws_eip: ["vpc"],
    aws_eks_addon: ["resolve_conflicts"],
    aws_elastictranscoder_pipeline: "all",
    aws_elastictranscoder_preset: "all",
    aws_evidently_feature: "all",
    aws_evidently_launch: "all",
    aws_evidently_project: "all",
    aws_evidently_segment: "all",
    aws_flow_log: ["log_group_name"],
    aws_guardduty_detector: ["datasources"],
    aws_guardduty_organization_configuration: ["auto_enable", "datasources"],
    aws_instance: ["cpu_core_count", "cpu_threads_per_core"],
    aws_kinesis_analytics_application: "all",
    aws_launch_template: ["elastic_gpu_specifications", "elastic_inference_accelerator"],
    aws_media_store_container: "all",
    aws_media_store_container_policy: "all",
    aws_networkmanager_core_network: ["base_policy_region"],
    aws_redshift_cluster: [
      "snapshot_copy",
      "logging",
      "cluster_public_key",
      "cluster_revision_number",
      "endpoint",
    ],
    aws_redshift_service_account: "all",
    aws_sagemaker_notebook_instance: ["accelerator_types"],
    aws_servicequotas_template: ["region"],
    aws_simpledb_domain: "all",
    aws_spot_instance_request: ["block_duration_minutes"],
    aws_ssm_association: ["instance_id"],
    aws_ssmincidents_replication_set: ["region"],
    aws_worklink_fleet: "all",
    aws_worklink_website_certificate_authority_association: "all",
  },
  data: {
    aws_batch_compute_environment: ["compute_environment_name"],
    aws_globalaccelerator_accelerator: ["id"],
    aws_identitystore_group: ["filter"],
    aws_identitystore_user: ["filter"],
    aws_kms_secret: "all",
    aws_servicequotas_templates: ["region"],
  },
};

/** Attributes that version 6 has removed or gives another meaning, as an expression names them. */
const READ: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/data\.aws_region\.[\w-]+\.name\b/, "data.aws_region: name is region now"],
  [/aws_s3_bucket\.[\w-]+\.region\b/, "aws_s3_bucket: region is bucket_region now"],
  [
    /aws_api_gateway_deployment\.[\w-]+\.(?:invoke_url|execution_arn)\b/,
    "aws_api_gateway_deployment: removed",
  ],
  [
    /data\.aws_vpc_endpoint_service\.[\w-]+\.region\b/,
    "data.aws_vpc_endpoint_service: region is service_region now",
  ],
  [
    /data\.aws_vpc_peering_connection\.[\w-]+\.region\b/,
    "data.aws_vpc_peering_connection: region is requester_region now",
  ],
  [/aws_opensearch_domain\.[\w-]+\.kibana_endpoint\b/, "aws_opensearch_domain: kibana_endpoint was removed"],
];

/** Boolean arguments that take no 0 and 1 any more, at any depth. */
const NULLABLE_BOOLEANS: Readonly<Record<string, readonly string[]>> = {
  aws_lb_target_group: ["preserve_client_ip"],
  aws_launch_template: [
    ...["delete_on_termination", "encrypted", "ebs_optimized", "primary_ipv6"],
    ...["associate_carrier_ip_address", "associate_public_ip_address"],
  ],
  aws_elasticache_replication_group: ["at_rest_encryption_enabled", "auto_minor_version_upgrade"],
};

type Blocks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** What stands in a stack's JSON that version 6 of the AWS provider has removed, renamed or deprecated. */
export function droppedIn(text: string): readonly string[] {
  const stack = JSON.parse(text) as { resource?: Blocks; data?: Blocks; provider?: unknown };
  const found: string[] = [];
  for (const kind of ["resource", "data"] as const) {
    for (const [type, all] of Object.entries(stack[kind] ?? {})) {
      const dropped = DROPPED[kind][type];
      for (const [id, block] of Object.entries(all)) {
        const at = `${kind === "data" ? "data." : ""}${type}.${id}`;
        if (dropped === "all") found.push(`${at}: the type itself`);
        else for (const argument of dropped ?? []) if (argument in block) found.push(`${at}: ${argument}`);
        for (const argument of NULLABLE_BOOLEANS[type] ?? [])
          if (new RegExp(`"${argument}":"?[01]"?[,}]`).test(JSON.stringify(block)))
            found.push(`${at}: ${argument} is 0 or 1`);
        if (kind === "data" && type === "aws_ami" && !ownedAmi(block)) found.push(`${at}: no owner`);
      }
    }
  }
  for (const [pattern, what] of READ) if (pattern.test(text)) found.push(what);
  if (/"(?:opsworks|simpledb|sdb|worklink)":/.test(JSON.stringify(stack.provider ?? {})))
    found.push("provider: an endpoint that is gone");
  if (text.includes('"s3_us_east_1_regional_endpoint":"legacy"'))
    found.push("provider: s3_us_east_1_regional_endpoint");
  return found;
}

/** Whether the newest image is looked for among those of somebody, as version 6 demands. */
function ownedAmi(block: Readonly<Record<string, unknown>>): boolean {
  if (block.most_recent !== true || block.owners !== undefined) return true;
  return /"(?:image-id|owner-id)"/.test(JSON.stringify(block.filter ?? []));
}

/**
 * What stands in a stack's JSON that version 3 of the Kubernetes provider deprecates or refuses.
 *
 * @see https://github.com/hashicorp/terraform-provider-kubernetes/releases/tag/v3.0.0, and of 3.3.0
 */
export function deprecatedInKubernetes3(text: string): readonly string[] {
  const { resource = {}, data = {} } = JSON.parse(text) as { resource?: Blocks; data?: Blocks };
  return [...Object.entries(resource), ...Object.entries(data)].flatMap(([type, all]) => {
    if (!type.startsWith("kubernetes_") || type === "kubernetes_manifest") return [];
    return Object.entries(all).flatMap(([id, block]) => {
      if (!/_v\d+(?:(?:alpha|beta)\d+)?$/.test(type)) return [`${type}.${id}: ${type}_v1 takes its place`];
      const isNull = /"(?:labels|annotations)":\{[^{}]*:null/.test(JSON.stringify(block));
      return isNull ? [`${type}.${id}: a label or annotation is null`] : [];
    });
  });
}
