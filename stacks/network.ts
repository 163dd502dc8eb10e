import { publish } from "@groundplan/modules/core";
import { NETWORK, Vpc } from "@groundplan/modules/network";
import type { Construct } from "constructs";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** The VPC of an environment. */
export class NetworkStack extends EnvironmentStack {
  constructor(scope: Construct, props: EnvironmentStackProps) {
    super(scope, "network", props);
    const { name, network } = props.environment;
    const { flowLogs } = network;
    const vpc = new Vpc(this, "vpc", {
      name,
      cidr: network.cidr,
      availabilityZones: network.availabilityZones,
      nat: network.nat,
      isolatedSubnets: network.isolatedSubnets,
      ipv6: network.ipv6,
      endpoints: { interfaces: network.interfaceEndpoints },
      flowLogs:
        flowLogs.destination === "none"
          ? "none"
          : {
              destination: flowLogs.destination,
              retentionDays: flowLogs.retentionDays,
              encryption: flowLogs.encrypted ? "own" : "aws",
            },
    });
    const ids = (subnets: typeof vpc.privateSubnets) => subnets.map((subnet) => subnet.subnetId);
    publish(this, name, NETWORK, {
      vpcId: vpc.vpcId,
      cidr: network.cidr,
      availabilityZones: network.availabilityZones,
      publicSubnetIds: ids(vpc.publicSubnets),
      privateSubnetIds: ids(vpc.privateSubnets),
      isolatedSubnetIds: ids(vpc.isolatedSubnets),
      natPublicIps: vpc.nat.publicIps,
    });
  }
}
