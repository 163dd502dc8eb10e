import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet as AwsSubnet } from "@cdktf/provider-aws/lib/subnet";
import { VpcIpv4CidrBlockAssociation } from "@cdktf/provider-aws/lib/vpc-ipv4-cidr-block-association";
import { Construct } from "constructs";
import { formatCidr, parseCidr } from "./cidr";
import { podSubnetRange } from "./pod-range";
import type { Subnet } from "./subnet";

/** Properties of {@link PodSubnets}. */
export interface PodSubnetsProps {
  /** Name of the VPC. */
  readonly name: string;

  /** Id of the VPC. */
  readonly vpcId: string;

  /** The second range, one without faults. */
  readonly podCidr: string;

  /** Private subnets: a zone's pods leave the VPC as its nodes do. */
  readonly privateSubnets: readonly Subnet[];
}

/**
 * A second range of the VPC, and in it a subnet of each zone for pods alone: the VPC's own range, which other networks know,
 * is left to what they reach.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html
 */
export class PodSubnets extends Construct {
  /** A subnet for each zone. */
  readonly subnetIds: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, { name, vpcId, podCidr, privateSubnets }: PodSubnetsProps) {
    super(scope, id);
    const range = new VpcIpv4CidrBlockAssociation(this, "range", { vpcId, cidrBlock: podCidr });
    const whole = parseCidr(podCidr);
    this.subnetIds = new Map(
      privateSubnets.map(({ availabilityZone, routeTable }) => {
        const part = whole && podSubnetRange(whole, availabilityZone);
        // The VPC's faults have said so already.
        if (!part) throw new Error(`${podCidr} has no part for ${availabilityZone}`);
        const inZone = new Construct(this, availabilityZone);
        const subnet = new AwsSubnet(inZone, "subnet", {
          // Of the range: there is no subnet in it before.
          vpcId: range.vpcId,
          availabilityZone,
          cidrBlock: formatCidr(part),
          mapPublicIpOnLaunch: false,
          // No role of a load balancer: those stand in the private subnets.
          tags: { Name: `${name}-pods-${availabilityZone}`, Tier: "pods" },
        });
        new RouteTableAssociation(inZone, "route-table-association", {
          subnetId: subnet.id,
          routeTableId: routeTable.id,
        });
        return [availabilityZone, subnet.id];
      }),
    );
  }
}
