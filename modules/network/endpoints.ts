import type { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import type { Vpc as AwsVpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { Faults } from "../core";
import type { Subnet } from "./subnet";

/** Services that AWS reaches by a route instead of an address. */
export type GatewayService = "s3" | "dynamodb";

/** Which AWS services are reached within the VPC. */
export interface EndpointOptions {
  /**
   * Services by a gateway endpoint: a route in every route table, without cost.
   *
   * @default ["s3", "dynamodb"]
   */
  readonly gateway?: readonly GatewayService[];

  /**
   * Services by an interface endpoint: an address in every private subnet, with private DNS, by the
   * short name, e.g. `ecr.api`. Each costs by the hour and zone.
   *
   * @default []
   */
  readonly interfaces?: readonly string[];
}

/** Properties of {@link Endpoints}. */
interface EndpointsProps extends EndpointOptions {
  readonly name: string;
  readonly vpc: AwsVpc;
  readonly region: string;
  readonly routeTables: readonly RouteTable[];
  readonly subnets: readonly Subnet[];
}

/** Short name of a service: what follows `com.amazonaws.<region>.`, e.g. `ecr.api`. */
const SERVICE = /^(?!com\.amazonaws)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/**
 * The endpoints of AWS services in a VPC.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export class Endpoints extends Construct {
  /** Security group of the interface endpoints: HTTPS from within the VPC. None without interface endpoints. */
  readonly securityGroup: SecurityGroup | undefined;

  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    const { gateway = ["s3", "dynamodb"], interfaces = [] } = props;
    this.check(gateway, interfaces);
    for (const service of gateway) {
      new VpcEndpoint(this, service, {
        ...this.of(service, props),
        vpcEndpointType: "Gateway",
        routeTableIds: props.routeTables.map((table) => table.id),
      });
    }
    this.securityGroup = interfaces.length === 0 ? undefined : this.closedGroup(props);
    for (const service of interfaces) {
      new VpcEndpoint(this, service === "s3" || service === "dynamodb" ? `${service}-interface` : service, {
        ...this.of(service, props),
        vpcEndpointType: "Interface",
        subnetIds: props.subnets.map((subnet) => subnet.subnetId),
        securityGroupIds: this.securityGroup ? [this.securityGroup.id] : [],
        privateDnsEnabled: true,
      });
    }
  }

  private of(service: string, props: EndpointsProps) {
    return {
      vpcId: props.vpc.id,
      serviceName: `com.amazonaws.${props.region}.${service}`,
      tags: { Name: `${props.name}-${service}` },
    };
  }

  private closedGroup(props: EndpointsProps): SecurityGroup {
    const group = new SecurityGroup(this, "security-group", {
      name: `${props.name}-endpoints`,
      description: `HTTPS to the interface endpoints of VPC ${props.name}`,
      vpcId: props.vpc.id,
      tags: { Name: `${props.name}-endpoints` },
    });
    new VpcSecurityGroupIngressRule(this, "https", {
      securityGroupId: group.id,
      description: "HTTPS from within the VPC",
      cidrIpv4: props.vpc.cidrBlock,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      tags: { Name: `${props.name}-endpoints-https` },
    });
    return group;
  }

  private check(gateway: readonly string[], interfaces: readonly string[]): void {
    const faults = new Faults();
    for (const service of interfaces) {
      if (SERVICE.test(service)) continue;
      faults.add(`${JSON.stringify(service)} is not the short name of a service`, 'use e.g. "ecr.api"');
    }
    for (const list of [gateway, interfaces]) {
      const twice = new Set(list.filter((service, index) => list.indexOf(service) !== index));
      for (const service of twice) faults.add(`endpoint ${service} is listed twice`, "list it once");
    }
    faults.throwIfAny(this);
  }
}
