import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet as AwsSubnet } from "@cdktf/provider-aws/lib/subnet";
import type { Vpc as AwsVpc } from "@cdktf/provider-aws/lib/vpc";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { SynthError } from "../core";
import { formatCidr, parseCidr } from "./cidr";
import { ipv6Slot, subnetRange, type Tier } from "./slots";

/** What a subnet takes from its VPC. */
export interface SubnetProps {
  /** Name of the VPC. */
  readonly name: string;

  /** IPv4 range of the VPC. */
  readonly cidr: string;

  /** Whether the VPC has IPv6. */
  readonly ipv6: boolean;

  /** The VPC. */
  readonly vpc: AwsVpc;
}

/**
 * Tags by which the AWS Load Balancer Controller finds the subnets of its load balancers.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/
 */
const ROLE_TAGS: Readonly<Record<Tier, Readonly<Record<string, string>>>> = {
  public: { "kubernetes.io/role/elb": "1" },
  private: { "kubernetes.io/role/internal-elb": "1" },
  isolated: {},
};

/**
 * A subnet of one tier in one zone, with a route table of its own. Its id within the VPC is
 * `<tier>/<zone>`, so that no list order is in it.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html
 */
export class Subnet extends Construct {
  /** Tier of the subnet. */
  readonly tier: Tier;

  /** Availability zone, e.g. `us-east-1a`. */
  readonly availabilityZone: string;

  /** IPv4 range, e.g. `10.0.0.0/20`. */
  readonly cidr: string;

  /** Id of the subnet. */
  readonly subnetId: string;

  /** Its own route table; routes of other modules go here. */
  readonly routeTable: RouteTable;

  constructor(vpc: Construct, tier: Tier, zone: string, props: SubnetProps) {
    super((vpc.node.tryFindChild(tier) as Construct | undefined) ?? new Construct(vpc, tier), zone);
    this.tier = tier;
    this.availabilityZone = zone;
    this.cidr = this.range(props.cidr);
    const name = `${props.name}-${tier}-${zone}`;
    this.subnetId = new AwsSubnet(this, "subnet", {
      vpcId: props.vpc.id,
      availabilityZone: zone,
      cidrBlock: this.cidr,
      // Written out: what is to have a public address asks for one.
      mapPublicIpOnLaunch: false,
      ...(props.ipv6
        ? {
            ipv6CidrBlock: Fn.cidrsubnet(props.vpc.ipv6CidrBlock, 8, ipv6Slot(tier, zone) ?? 0),
            assignIpv6AddressOnCreation: true,
          }
        : {}),
      tags: { Name: name, Tier: tier, ...ROLE_TAGS[tier] },
    }).id;
    this.routeTable = new RouteTable(this, "route-table", { vpcId: props.vpc.id, tags: { Name: name } });
    new RouteTableAssociation(this, "route-table-association", {
      subnetId: this.subnetId,
      routeTableId: this.routeTable.id,
    });
  }

  private range(vpcRange: string): string {
    const vpc = parseCidr(vpcRange);
    const range = vpc && subnetRange(vpc, this.tier, this.availabilityZone);
    if (range) return formatCidr(range);
    const what = `VPC range ${vpcRange} has no ${this.tier} slot for ${this.availabilityZone}`;
    throw new SynthError(this, [{ what, instead: "use a /23 or larger, e.g. 10.0.0.0/16" }]);
  }
}
