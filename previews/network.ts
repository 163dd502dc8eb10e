import { fitName } from "@groundplan/modules/core";
import { Vpc } from "@groundplan/modules/network";
import { LoadBalancer, type LoadBalancerAttributes } from "@groundplan/modules/service";
import type { Construct } from "constructs";
import type { PreviewInput } from "./input";
import type { Shared } from "./shared";

/** Range of a VPC of a preview's own. Nothing is peered with it, so all of them may have the same. */
const OWN_RANGE = "10.255.0.0/22";

/** Where a preview runs. */
export interface PreviewNetwork {
  readonly vpcId: string;

  /** Subnets of tasks and databases, in two zones or more. */
  readonly privateSubnetIds: readonly string[];

  readonly loadBalancer: LoadBalancerAttributes;
}

/** Properties of {@link previewNetwork}. */
export interface PreviewNetworkProps {
  readonly input: PreviewInput;
  readonly shared: Shared;

  /** Begins the names of everything in the preview. */
  readonly prefix: string;

  /** Name that it answers to. */
  readonly hostName: string;
}

/** The network of all previews, or a VPC with a load balancer of the preview's own: two zones, and one NAT gateway. */
export function previewNetwork(
  scope: Construct,
  { input, shared, prefix, hostName }: PreviewNetworkProps,
): PreviewNetwork {
  if (input.network === "shared") return shared;
  const { region, account, zoneId, certificateArn } = input.platform;
  const vpc = new Vpc(scope, "vpc", {
    name: fitName(prefix, 40),
    cidr: OWN_RANGE,
    availabilityZones: [`${region}a`, `${region}b`],
    nat: "single",
    flowLogs: "none",
  });
  const loadBalancer = new LoadBalancer(scope, "load-balancer", {
    name: prefix,
    region,
    account,
    vpcId: vpc.vpcId,
    vpcCidr: OWN_RANGE,
    subnetIds: vpc.publicSubnets.map(({ subnetId }) => subnetId),
    allowedCidrs: ["0.0.0.0/0"],
    certificate: { arn: certificateArn ?? shared.certificateArn },
    // It lives for days, and ends with its preview.
    accessLogs: "none",
    deletionProtection: false,
    // Nearer than the wildcard of the shared load balancer.
    names: { hostedZoneId: zoneId, hostNames: [hostName] },
  });
  return {
    vpcId: vpc.vpcId,
    privateSubnetIds: vpc.privateSubnets.map(({ subnetId }) => subnetId),
    loadBalancer,
  };
}
