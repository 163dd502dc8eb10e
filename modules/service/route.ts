import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Construct } from "constructs";
import type { Fault } from "../core";
import { fitted, SERVICE_NAMES } from "./names";

/** A load balancer that a service stands behind: one made by `LoadBalancer`, or what another stack published. */
export interface LoadBalancerAttributes {
  /** Its security group, from which it asks the tasks. */
  readonly securityGroupId: string;

  /** Listener that takes the requests. */
  readonly httpsListenerArn: string;
}

/** Which requests a service gets, and how it is asked whether it is well. */
export interface ServiceRoute {
  /** The load balancer. */
  readonly loadBalancer: LoadBalancerAttributes;

  /** Host names that are the service's, 1 to 5. */
  readonly hostNames: readonly string[];

  /**
   * Path that answers 200 to 399 when a task is well.
   *
   * @default "/"
   */
  readonly healthCheckPath?: string;

  /**
   * Answers that mean well, e.g. `200` or `200-399`.
   *
   * @default "200-399"
   */
  readonly healthyAnswers?: string;

  /**
   * Seconds between two checks, 5 to 300; within half of it a task must answer.
   *
   * @default 30
   */
  readonly healthCheckSeconds?: number;

  /**
   * Seconds for which a task that goes still answers requests under way, 0 to 3600.
   *
   * @default 300
   */
  readonly deregistrationSeconds?: number;

  /**
   * Another target group that stands in the rule with weight 0: who moves the weights, e.g. to a page while the
   * service sleeps, does so outside of Terraform, which then ignores them.
   *
   * @default - none
   */
  readonly standbyTargetGroupArn?: string;
}

/** Properties of {@link Route}. */
export interface RouteProps extends ServiceRoute {
  /** Name of the service, which the target group has too. */
  readonly name: string;

  /** VPC of the tasks. */
  readonly vpcId: string;
}

/** The target group of a service, and the rule of the listener by which requests reach it. */
export class Route extends Construct {
  /** ARN of the target group. */
  readonly targetGroupArn: string;

  /** ARN of the listener rule. */
  readonly listenerRuleArn: string;

  /** The rule: a service is healthy only once it stands. */
  readonly rule: LbListenerRule;

  constructor(scope: Construct, id: string, props: RouteProps) {
    super(scope, id);
    const { hostNames, standbyTargetGroupArn, healthCheckSeconds = 30 } = props;
    const name = fitted(SERVICE_NAMES.targetGroup, props.name);
    const group = new LbTargetGroup(this, "target-group", {
      name,
      // Tasks are registered with the port of their container: this one is never used, and so another port
      // of the container replaces nothing.
      port: 80,
      protocol: "HTTP",
      targetType: "ip",
      vpcId: props.vpcId,
      deregistrationDelay: `${props.deregistrationSeconds ?? 300}`,
      healthCheck: {
        path: props.healthCheckPath ?? "/",
        matcher: props.healthyAnswers ?? "200-399",
        interval: healthCheckSeconds,
        timeout: Math.max(2, Math.floor(healthCheckSeconds / 2)),
        healthyThreshold: 2,
        unhealthyThreshold: 3,
      },
      tags: { Name: name },
    });
    this.targetGroupArn = group.arn;
    const weighted = standbyTargetGroupArn !== undefined;
    this.rule = new LbListenerRule(this, "rule", {
      listenerArn: props.loadBalancer.httpsListenerArn,
      // No priority: the provider takes the next one, and tries again when another apply has taken it.
      condition: [{ hostHeader: { values: [...hostNames] } }],
      action: [
        weighted
          ? {
              type: "forward",
              forward: {
                targetGroup: [
                  { arn: group.arn, weight: 100 },
                  { arn: standbyTargetGroupArn, weight: 0 },
                ],
              },
            }
          : { type: "forward", targetGroupArn: group.arn },
      ],
      // The weights are moved outside of Terraform; another target group must reach the rule all the same.
      ...(weighted
        ? {
            lifecycle: {
              ignoreChanges: ["action"],
              replaceTriggeredBy: [`${group.terraformResourceType}.${group.friendlyUniqueId}.arn`],
            },
          }
        : {}),
      tags: { Name: name },
    });
    this.listenerRuleArn = this.rule.arn;
  }
}

/** The faults of a route. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
export function routeFaults(route: ServiceRoute): readonly Fault[] {
  const { hostNames, healthCheckPath = "/", healthCheckSeconds = 30, deregistrationSeconds = 300 } = route;
  const faults: Fault[] = [];
  if (hostNames.length < 1 || hostNames.length > 5) {
    faults.push({
      what: `hostNames has ${hostNames.length} names`,
      instead: 'use 1 to 5, e.g. ["shop.example.com"]',
    });
  }
  for (const name of hostNames) {
    if (
      name.includes("${") ||
      /^(?=.{1,128}$)(?:\*\.)?(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(name)
    )
      continue;
    faults.push({
      what: `host name ${JSON.stringify(name)} is none, or longer than 128 characters`,
      instead: 'use e.g. "shop.example.com"',
    });
  }
  if (!/^\/[\w.~!$&'()*+,;=:@%/-]{0,1023}$/.test(healthCheckPath)) {
    faults.push({
      what: `healthCheckPath ${JSON.stringify(healthCheckPath)} is not a path`,
      instead: 'use e.g. "/health"',
    });
  }
  const whole = (what: string, value: number, least: number, most: number, example: number) => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    faults.push({
      what: `${what} is ${value}`,
      instead: `use a whole number of ${least} to ${most}, e.g. ${example}`,
    });
  };
  whole("healthCheckSeconds", healthCheckSeconds, 5, 300, 30);
  whole("deregistrationSeconds", deregistrationSeconds, 0, 3600, 30);
  return faults;
}
