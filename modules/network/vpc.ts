import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { EgressOnlyInternetGateway } from "@cdktf/provider-aws/lib/egress-only-internet-gateway";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { Route, type RouteConfig } from "@cdktf/provider-aws/lib/route";
import { Vpc as AwsVpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";
import { SynthError } from "../core";
import { Endpoints } from "./endpoints";
import { FlowLogs } from "./flow-logs";
import { type IVpc, importedVpc, type VpcAttributes } from "./imported-vpc";
import { NatGateways } from "./nat";
import { PodSubnets } from "./pod-subnets";
import type { Tier } from "./slots";
import { Subnet } from "./subnet";
import { lookedUpVpc, type VpcLookupOptions } from "./vpc-lookup";
import { type ResolvedVpcProps, resolveVpcProps, type VpcProps, vpcFaults } from "./vpc-props";
import { regionOf } from "./zones";

/** Every address, as a route's destination. */
const ANY_IPV4 = "0.0.0.0/0";
const ANY_IPV6 = "::/0";

/**
 * A VPC with subnets of each tier in each availability zone.
 *
 * DNS is on, the default security group lets nothing through, and flow logs are kept. Two things stay as
 * AWS makes them: the main route table, which leads nowhere beyond the VPC and which no subnet here uses;
 * and the network ACLs, which let everything through: they keep no state, so each rule needs its mirror
 * for the answers, and security groups already decide for every interface.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works.html
 */
export class Vpc extends Construct implements IVpc {
  /** The VPC itself. */
  readonly resource: AwsVpc;

  /** Id of the VPC. */
  readonly vpcId: string;

  /** IPv4 range, e.g. `10.0.0.0/16`. */
  readonly cidr: string;

  /** Region of the zones, e.g. `us-east-1`. */
  readonly region: string;

  /** Availability zones, in the order given. */
  readonly availabilityZones: readonly string[];

  /** Public subnets, in the order of `availabilityZones`; none without the tier. */
  readonly publicSubnets: readonly Subnet[];

  /** Private subnets, in the order of `availabilityZones`; none without the tier. */
  readonly privateSubnets: readonly Subnet[];

  /** Isolated subnets, in the order of `availabilityZones`; none without the tier. */
  readonly isolatedSubnets: readonly Subnet[];

  /** Subnets for pods alone, in the order of `availabilityZones`; none without `podCidr`. */
  readonly podSubnetIds: readonly string[];

  /** Addresses from which private subnets reach the internet, by zone letter; none with NAT `none`, and with `regional`, whose are AWS's to choose. */
  readonly natPublicIps: readonly string[];

  /** The endpoints of AWS services. */
  readonly endpoints: Endpoints;

  /** The flow logs; undefined when they are off. */
  readonly flowLogs: FlowLogs | undefined;

  /** A VPC that is there already. @throws SynthError with every fault of the attributes. */
  static fromVpcAttributes(attributes: VpcAttributes): IVpc {
    return importedVpc(attributes);
  }

  /** A VPC that is there already, looked up when Terraform plans. @throws SynthError with every fault of the options. */
  static fromLookup(scope: Construct, id: string, options: VpcLookupOptions): IVpc {
    return lookedUpVpc(scope, id, options);
  }

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, given: VpcProps) {
    super(scope, id);
    const props = resolveVpcProps(given);
    const faults = vpcFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);

    const { name, cidr, availabilityZones: zones, ipv6 } = props;
    this.cidr = cidr;
    this.availabilityZones = zones;
    this.region = regionOf(zones[0] ?? "");
    this.resource = new AwsVpc(this, "vpc", {
      cidrBlock: cidr,
      ...(props.ipamPoolId === undefined ? {} : { ipv4IpamPoolId: props.ipamPoolId }),
      enableDnsSupport: true,
      enableDnsHostnames: true,
      ...(ipv6 ? { assignGeneratedIpv6CidrBlock: true } : {}),
      tags: { Name: name },
    });
    this.vpcId = this.resource.id;
    // Without a rule in it, Terraform takes away those that AWS puts into every default group.
    new DefaultSecurityGroup(this, "default-security-group", {
      vpcId: this.vpcId,
      tags: { Name: `${name}-default-closed` },
    });

    const subnets = (tier: Tier) =>
      props.tiers.includes(tier)
        ? zones.map((zone) => new Subnet(this, tier, zone, { name, cidr, ipv6, vpc: this.resource }))
        : [];
    this.publicSubnets = subnets("public");
    this.privateSubnets = subnets("private");
    this.isolatedSubnets = subnets("isolated");
    this.natPublicIps = this.connect(props);
    const pods =
      props.podCidr === undefined
        ? undefined
        : new PodSubnets(this, "pods", {
            name,
            vpcId: this.vpcId,
            podCidr: props.podCidr,
            privateSubnets: this.privateSubnets,
          });
    this.podSubnetIds = [...(pods?.subnetIds.values() ?? [])];

    this.endpoints = new Endpoints(this, "endpoints", {
      name,
      vpc: this.resource,
      region: this.region,
      gatewayEndpoints: props.gatewayEndpoints,
      interfaceEndpoints: props.interfaceEndpoints,
      access: props.endpointAccess,
      readableBuckets: props.readableBuckets,
      routedSubnets: [...this.publicSubnets, ...this.privateSubnets, ...this.isolatedSubnets],
      endpointSubnets: this.privateSubnets.length > 0 ? this.privateSubnets : this.isolatedSubnets,
    });
    this.flowLogs =
      props.flowLogs === "none"
        ? undefined
        : new FlowLogs(this, "flow-logs", {
            name,
            vpcId: this.vpcId,
            region: this.region,
            options: props.flowLogs,
          });
  }

  /** Ids of the public subnets. */
  get publicSubnetIds(): readonly string[] {
    return this.publicSubnets.map(({ subnetId }) => subnetId);
  }

  /** Ids of the private subnets. */
  get privateSubnetIds(): readonly string[] {
    return this.privateSubnets.map(({ subnetId }) => subnetId);
  }

  /** Ids of the isolated subnets. */
  get isolatedSubnetIds(): readonly string[] {
    return this.isolatedSubnets.map(({ subnetId }) => subnetId);
  }

  /** The subnets of a tier, in the order of `availabilityZones`. */
  subnets(tier: Tier): readonly Subnet[] {
    return { public: this.publicSubnets, private: this.privateSubnets, isolated: this.isolatedSubnets }[tier];
  }

  /** Gateways, and the default routes to them; isolated subnets get none. */
  private connect(props: ResolvedVpcProps): readonly string[] {
    const { name, ipv6 } = props;
    if (ipv6 && this.privateSubnets.length > 0) {
      const egressOnly = new EgressOnlyInternetGateway(this, "egress-only-internet-gateway", {
        vpcId: this.vpcId,
        tags: { Name: name },
      });
      for (const subnet of this.privateSubnets) {
        const egressOnlyGatewayId = egressOnly.id;
        route(subnet, "internet-ipv6", { destinationIpv6CidrBlock: ANY_IPV6, egressOnlyGatewayId });
      }
    }
    if (this.publicSubnets.length === 0) return [];
    const internetGateway = new InternetGateway(this, "internet-gateway", {
      vpcId: this.vpcId,
      tags: { Name: name },
    });
    const gatewayId = internetGateway.id;
    for (const subnet of this.publicSubnets) {
      route(subnet, "internet", { destinationCidrBlock: ANY_IPV4, gatewayId });
      if (ipv6) route(subnet, "internet-ipv6", { destinationIpv6CidrBlock: ANY_IPV6, gatewayId });
    }
    const nat = new NatGateways(this, "nat", {
      ...props,
      vpcId: this.vpcId,
      internetGateway,
      publicSubnets: this.publicSubnets,
    });
    for (const subnet of this.privateSubnets) {
      const natGatewayId = nat.gatewayOf(subnet.availabilityZone)?.id;
      if (natGatewayId) route(subnet, "internet", { destinationCidrBlock: ANY_IPV4, natGatewayId });
    }
    return nat.publicIps;
  }
}

function route(subnet: Subnet, id: string, to: Omit<RouteConfig, "routeTableId">): void {
  new Route(subnet, id, { routeTableId: subnet.routeTable.id, ...to });
}
