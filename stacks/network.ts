import { publish } from "@groundplan/modules/core";
import { type FlowLogOptions, NETWORK, type Tier, Vpc } from "@groundplan/modules/network";
import type { Construct } from "constructs";
import { endpointAccessOf, type FlowLogSettings } from "../overlays/settings/network";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** The VPC of an environment. */
export class NetworkStack extends EnvironmentStack {
  readonly vpc: Vpc;

  constructor(scope: Construct, props: EnvironmentStackProps) {
    super(scope, "network", props);
    const { network, account } = props.environment;
    const endpointAccess = endpointAccessOf(network.endpointAccess, account);
    this.vpc = new Vpc(this, "vpc", {
      name: this.namePrefix,
      cidr: network.cidr,
      ...(network.ipamPoolId === undefined ? {} : { ipamPoolId: network.ipamPoolId }),
      ...(network.podCidr === undefined ? {} : { podCidr: network.podCidr }),
      ...(props.platform.providers?.aws === undefined
        ? {}
        : { providerVersions: props.platform.providers.aws }),
      // By letter, so that writing them in another order does not even change the published lists.
      availabilityZones: [...network.availabilityZones].sort(),
      tiers: network.isolatedSubnets ? ["public", "private", "isolated"] : ["public", "private"],
      nat: network.nat,
      ...(network.natZone === undefined ? {} : { natZone: network.natZone }),
      ...(network.natAllocationIds === undefined ? {} : { natAllocationIds: network.natAllocationIds }),
      ipv6: network.ipv6,
      interfaceEndpoints: network.interfaceEndpoints,
      ...(endpointAccess === undefined ? {} : { endpointAccess }),
      readableBuckets: network.readableBuckets,
      flowLogs: flowLogOptions(network.flowLogs),
    });
    const { vpc } = this;
    const subnetIds = (tier: Tier) => vpc.subnets(tier).map((subnet) => subnet.subnetId);
    const routeTableIds = (tier: Tier) => vpc.subnets(tier).map((subnet) => subnet.routeTable.id);
    publish(this, this.place, NETWORK, {
      vpcId: vpc.vpcId,
      cidr: vpc.cidr,
      availabilityZones: vpc.availabilityZones,
      publicSubnetIds: subnetIds("public"),
      privateSubnetIds: subnetIds("private"),
      podSubnetIds: vpc.podSubnetIds,
      isolatedSubnetIds: subnetIds("isolated"),
      publicRouteTableIds: routeTableIds("public"),
      privateRouteTableIds: routeTableIds("private"),
      isolatedRouteTableIds: routeTableIds("isolated"),
      natPublicIps: vpc.natPublicIps,
      endpointSecurityGroupIds: vpc.endpoints.securityGroup ? [vpc.endpoints.securityGroup.id] : [],
    });
  }
}

function flowLogOptions({ destination, retentionDays, encrypted }: FlowLogSettings): FlowLogOptions | "none" {
  if (destination === "none") return "none";
  return { destination, retentionDays, encryption: encrypted ? "own" : "aws" };
}
