import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { EgressOnlyInternetGateway } from "@cdktf/provider-aws/lib/egress-only-internet-gateway";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { Vpc as AwsVpc } from "@cdktf/provider-aws/lib/vpc";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { Faults } from "../core";
import { cidrFaults } from "./cidr";
import { type EndpointOptions, Endpoints } from "./endpoints";
import { type FlowLogOptions, FlowLogs } from "./flow-logs";
import { NatGateways, type NatStrategy, natFaults } from "./nat";
import { regionOf, type Tier, zoneFaults } from "./slots";
import { Subnet } from "./subnet";

/** Properties of {@link Vpc}. */
export interface VpcProps {
  /** Name of the VPC, which begins the `Name` tag of everything in it, e.g. `dev`. */
  readonly name: string;

  /**
   * IPv4 range of the VPC, /16 to /24, e.g. `10.0.0.0/16`.
   *
   * Every subnet's range is carved from it at a fixed slot, so growing the VPC never moves a subnet.
   */
  readonly cidr: string;

  /**
   * Availability zones, by name; 1 to 8 of one Region.
   *
   * Each has a private and a public subnet. Adding a zone, or writing them in another order, changes
   * nothing of the others.
   */
  readonly availabilityZones: readonly string[];

  /**
   * How private subnets reach the internet: not at all (`none`), through one NAT gateway (`single`),
   * or through one in each zone (`per-az`), so that no zone depends on another.
   *
   * @default "single"
   */
  readonly nat?: NatStrategy;

  /**
   * Zone of the one NAT gateway of `single`. Name it before you add a zone whose letter comes earlier,
   * or the gateway moves there.
   *
   * @default - the zone whose letter comes first
   */
  readonly natZone?: string;

  /**
   * Adds a tier of subnets without any route to the internet, for databases.
   *
   * @default false
   */
  readonly isolatedSubnets?: boolean;

  /**
   * Adds IPv6: a /56 from Amazon, a /64 for each subnet, and an egress-only gateway for the private ones.
   *
   * @default false
   */
  readonly ipv6?: boolean;

  /**
   * Flow logs of the whole VPC, or `"none"` for a VPC without.
   *
   * @default - to CloudWatch Logs, kept for 30 days
   */
  readonly flowLogs?: FlowLogOptions | "none";

  /**
   * Endpoints of AWS services within the VPC.
   *
   * @default - gateway endpoints for S3 and DynamoDB, which cost nothing
   */
  readonly endpoints?: EndpointOptions;
}

/**
 * A VPC with private and public subnets in each availability zone.
 *
 * DNS is on, the default security group lets nothing through, and flow logs are kept. The network ACLs
 * stay AWS's own, which let everything through: security groups decide.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works.html
 */
export class Vpc extends Construct {
  /** The VPC itself. */
  readonly resource: AwsVpc;

  /** Id of the VPC. */
  readonly vpcId: string;

  /** Private subnets, in the order of `availabilityZones`. */
  readonly privateSubnets: readonly Subnet[];

  /** Public subnets, in the order of `availabilityZones`. */
  readonly publicSubnets: readonly Subnet[];

  /** Isolated subnets, in the order of `availabilityZones`; none unless asked for. */
  readonly isolatedSubnets: readonly Subnet[];

  /** The NAT gateways and their addresses. */
  readonly nat: NatGateways;

  /** The endpoints of AWS services. */
  readonly endpoints: Endpoints;

  /** @throws SynthError with every fault of the range, the zones, the NAT gateway's zone and the endpoints. */
  constructor(scope: Construct, id: string, props: VpcProps) {
    super(scope, id);
    this.check(props);
    const { name, availabilityZones: zones } = props;
    this.resource = new AwsVpc(this, "vpc", {
      cidrBlock: props.cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      ...(props.ipv6 ? { assignGeneratedIpv6CidrBlock: true } : {}),
      tags: { Name: name },
    });
    this.vpcId = this.resource.id;
    new DefaultSecurityGroup(this, "default-security-group", {
      vpcId: this.vpcId,
      tags: { Name: `${name}-default-closed` },
    });
    const internet = new InternetGateway(this, "internet-gateway", { vpcId: this.vpcId, tags: { Name: name } });

    const tier = (kind: Tier) => zones.map((zone) => new Subnet(this, kind, zone, { vpc: this.resource, ...props }));
    this.publicSubnets = tier("public");
    this.privateSubnets = tier("private");
    this.isolatedSubnets = props.isolatedSubnets ? tier("isolated") : [];

    for (const subnet of this.publicSubnets) {
      this.route(subnet, "internet", { destinationCidrBlock: "0.0.0.0/0", gatewayId: internet.id });
      if (props.ipv6) this.route(subnet, "internet-ipv6", { destinationIpv6CidrBlock: "::/0", gatewayId: internet.id });
    }
    this.nat = new NatGateways(this, "nat", { ...props, internet, publicSubnets: this.publicSubnets });
    for (const subnet of this.privateSubnets) {
      const gateway = this.nat.gatewayOf(subnet.availabilityZone);
      if (gateway) this.route(subnet, "nat", { destinationCidrBlock: "0.0.0.0/0", natGatewayId: gateway.id });
    }
    if (props.ipv6) this.routeIpv6Out(name);

    const subnets = [...this.publicSubnets, ...this.privateSubnets, ...this.isolatedSubnets];
    this.endpoints = new Endpoints(this, "endpoints", {
      ...props.endpoints,
      name,
      vpc: this.resource,
      region: regionOf(zones[0] ?? ""),
      routeTables: subnets.map((subnet) => subnet.routeTable),
      subnets: this.privateSubnets,
    });
    if (props.flowLogs !== "none") {
      new FlowLogs(this, "flow-logs", {
        ...props.flowLogs,
        name,
        vpcId: this.vpcId,
        region: regionOf(zones[0] ?? ""),
      });
    }
  }

  /** The subnets of a tier, in the order of `availabilityZones`. */
  subnets(tier: Tier): readonly Subnet[] {
    return { public: this.publicSubnets, private: this.privateSubnets, isolated: this.isolatedSubnets }[tier];
  }

  private route(
    subnet: Subnet,
    id: string,
    to: {
      destinationCidrBlock?: string;
      destinationIpv6CidrBlock?: string;
      gatewayId?: string;
      natGatewayId?: string;
      egressOnlyGatewayId?: string;
    },
  ): void {
    new Route(subnet, id, { routeTableId: subnet.routeTable.id, ...to });
  }

  private routeIpv6Out(name: string): void {
    const gateway = new EgressOnlyInternetGateway(this, "egress-only-gateway", {
      vpcId: this.vpcId,
      tags: { Name: name },
    });
    for (const subnet of this.privateSubnets) {
      this.route(subnet, "egress-only-ipv6", { destinationIpv6CidrBlock: "::/0", egressOnlyGatewayId: gateway.id });
    }
  }

  private check(props: VpcProps): void {
    if (Token.isUnresolved(props.cidr) || Token.isUnresolved(props.availabilityZones)) {
      const faults = new Faults();
      faults.add("the VPC's range or its zones are known only after an apply", 'write them out, e.g. "10.0.0.0/16"');
      faults.throwIfAny(this);
    }
    const faults = new Faults();
    faults.addAll(cidrFaults(props.cidr));
    faults.addAll(zoneFaults(props.cidr, props.availabilityZones));
    faults.addAll(natFaults(props));
    if (props.name.length === 0 || props.name.length > 32) {
      faults.add(`VPC name ${JSON.stringify(props.name)} has ${props.name.length} characters`, 'use 1 to 32, e.g. "dev"');
    }
    faults.throwIfAny(this);
  }
}
