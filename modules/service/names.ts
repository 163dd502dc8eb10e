import { type Fault, fitName, type NameRule, nameFaults } from "../core";

/**
 * Limits of the names of a service's parts.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export const SERVICE_NAMES = {
  loadBalancer: {
    kind: "load balancer name",
    minLength: 1,
    maxLength: 32,
    pattern: /^(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/,
    allowed: "letters, digits and hyphens, none at the ends, and not begin with internal-",
    example: "groundplan-dev-previews",
  },
  targetGroup: {
    kind: "target group name",
    minLength: 1,
    maxLength: 32,
    pattern: /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/,
    allowed: "letters, digits and hyphens, none at the ends",
    example: "groundplan-dev-shop",
  },
  service: {
    kind: "ECS service name",
    minLength: 1,
    maxLength: 255,
    pattern: /^[A-Za-z0-9_-]+$/,
    allowed: "letters, digits, - and _",
    example: "groundplan-dev-shop",
  },
  database: {
    kind: "RDS instance identifier",
    minLength: 1,
    maxLength: 63,
    pattern: /^[a-z](?:-?[a-z0-9])*$/,
    allowed: "lower-case letters, digits and single hyphens, a letter first, and no hyphen at the end",
    example: "groundplan-dev-shop",
  },
  schedule: {
    kind: "schedule name",
    minLength: 1,
    maxLength: 64,
    pattern: /^[\w.-]+$/,
    allowed: "letters, digits, and - _ .",
    example: "groundplan-dev-report",
  },
} as const satisfies Record<string, NameRule>;

/** A name in the limit of its kind: as it is when short enough, else cut and ended with a hash of the whole. */
export function fitted(rule: NameRule, name: string): string {
  return fitName(name, rule.maxLength);
}

/** The faults of a name once it is cut to the limit of its kind: those of its characters. */
export function fittedNameFaults(rule: NameRule, name: string): readonly Fault[] {
  return nameFaults(rule, fitted(rule, name));
}
