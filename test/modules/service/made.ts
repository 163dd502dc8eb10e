import { SynthError } from "@groundplan/modules/core";
import {
  FargateService,
  type FargateServiceProps,
  LoadBalancer,
  type LoadBalancerProps,
} from "@groundplan/modules/service";
import type { Construct } from "constructs";
import { type Synthesized, synthesized } from "../network/synthesized";

const PLACE = { region: "us-east-1", account: "123456789012" };

/** A service behind a load balancer that has no faults. */
export const SERVICE: FargateServiceProps = {
  ...PLACE,
  name: "groundplan-dev-shop",
  cluster: { arn: "arn:aws:ecs:us-east-1:123456789012:cluster/dev", name: "dev" },
  vpcId: "vpc-1",
  subnetIds: ["subnet-1", "subnet-2"],
  container: {
    name: "app",
    image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/shop:1",
    port: 8080,
  },
  route: {
    loadBalancer: { securityGroupId: "sg-balancer", httpsListenerArn: "arn:listener" },
    hostNames: ["shop.example.com"],
  },
};

/** A load balancer that has no faults. */
export const BALANCER: LoadBalancerProps = {
  ...PLACE,
  name: "groundplan-dev",
  vpcId: "vpc-1",
  vpcCidr: "10.0.0.0/16",
  subnetIds: ["subnet-1", "subnet-2"],
  allowedCidrs: ["0.0.0.0/0"],
  certificate: { domainName: "dev.example.com", wildcard: true, hostedZoneId: "Z1" },
  accessLogs: { bucketName: "groundplan-dev-balancer-logs" },
};

/** A service with some properties changed. */
export function serviceWith(
  change: Partial<FargateServiceProps> = {},
  use: (made: FargateService) => void = () => undefined,
): Synthesized {
  return synthesized((scope) => use(new FargateService(scope, "shop", { ...SERVICE, ...change })));
}

/** A load balancer with some properties changed. */
export function balancerWith(change: Partial<LoadBalancerProps> = {}): Synthesized {
  return synthesized((scope) => void new LoadBalancer(scope, "balancer", { ...BALANCER, ...change }));
}

/** What a synth says; empty when it passes. */
export function faultsOf(make: (scope: Construct) => void): string {
  try {
    synthesized(make);
    return "";
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
}

/** The container of the one task definition, or of the one at a path. */
export function containerOf(stack: Synthesized, path?: string): Readonly<Record<string, unknown>> {
  const text = String(stack.one("aws_ecs_task_definition", path).container_definitions);
  return JSON.parse(text)[0];
}
