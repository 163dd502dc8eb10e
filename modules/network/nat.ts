import { Eip } from "@cdktf/provider-aws/lib/eip";
import type { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Construct } from "constructs";
import { type NatPlacement, natZones } from "./nat-placement";
import type { Subnet } from "./subnet";

/** Properties of {@link NatGateways}. */
export interface NatGatewaysProps extends NatPlacement {
  /** Name of the VPC, which begins the gateways' names. */
  readonly name: string;

  /** Id of the VPC. */
  readonly vpcId: string;

  /** The way out of the VPC. */
  readonly internetGateway: InternetGateway;

  /** Subnets that the gateways stand in, one in each zone. */
  readonly publicSubnets: readonly Subnet[];
}

/**
 * The NAT gateways of a VPC, each keyed by its zone and with an Elastic IP: going from one to one a
 * zone adds the others and leaves the first, and its address, where it is. An address of one's own stays
 * when the gateway, or the whole VPC, goes.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
 */
export class NatGateways extends Construct {
  /** Addresses from which the private subnets reach the internet, by zone letter; e.g. for another's allow list. */
  readonly publicIps: readonly string[];

  private readonly gateways: ReadonlyMap<string, NatGateway>;

  /** The one of the whole Region, where there is one. */
  private readonly regional: NatGateway | undefined;

  constructor(scope: Construct, id: string, props: NatGatewaysProps) {
    super(scope, id);
    const publicIps: string[] = [];
    const gateways = new Map<string, NatGateway>();
    for (const zone of natZones(props)) {
      const subnet = props.publicSubnets.find((candidate) => candidate.availabilityZone === zone);
      if (!subnet) continue;
      const inZone = new Construct(this, zone);
      const tags = { Name: `${props.name}-nat-${zone}` };
      // An address, and a gateway with it, can be taken up only once the VPC has its internet gateway.
      const dependsOn = [props.internetGateway];
      const own = props.natAllocationIds?.[zone];
      const made =
        own === undefined ? new Eip(inZone, "address", { domain: "vpc", tags, dependsOn }) : undefined;
      const gateway = new NatGateway(inZone, "gateway", {
        subnetId: subnet.subnetId,
        ...(made ? { allocationId: made.id } : own === undefined ? {} : { allocationId: own }),
        tags,
        dependsOn,
      });
      gateways.set(zone, gateway);
      publicIps.push(made?.publicIp ?? gateway.publicIp);
    }
    this.regional =
      props.nat === "regional"
        ? new NatGateway(this, "regional", {
            vpcId: props.vpcId,
            availabilityMode: "regional",
            tags: { Name: `${props.name}-nat` },
            dependsOn: [props.internetGateway],
          })
        : undefined;
    this.gateways = gateways;
    this.publicIps = publicIps;
  }

  /** The NAT gateway that a zone's private subnet goes through: its own, else the one that there is; undefined with `none`. */
  gatewayOf(zone: string): NatGateway | undefined {
    return this.regional ?? this.gateways.get(zone) ?? [...this.gateways.values()][0];
  }
}
