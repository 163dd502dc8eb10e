import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import type { Vpc as AwsVpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { policyDocument } from "../core";
import { type EndpointAccess, endpointStatements } from "./endpoint-policy";
import { type GatewayService, hasPrivateDns } from "./endpoint-services";
import type { Subnet } from "./subnet";

/** Properties of {@link Endpoints}. */
export interface EndpointsProps {
  /** Name of the VPC, which begins the endpoints' names. */
  readonly name: string;

  /** The VPC. */
  readonly vpc: AwsVpc;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Services reached by a gateway endpoint. */
  readonly gatewayEndpoints: readonly GatewayService[];

  /** Services reached by an interface endpoint, by their short names. */
  readonly interfaceEndpoints: readonly string[];

  /** Whose credentials and data pass; undefined for the policies that are there. */
  readonly access: EndpointAccess | undefined;

  /** Buckets of others that may be read. */
  readonly readableBuckets: readonly string[];

  /** Subnets whose route tables lead to the gateway endpoints. */
  readonly routedSubnets: readonly Subnet[];

  /** Subnets that hold the interface endpoints, one in each zone. */
  readonly endpointSubnets: readonly Subnet[];
}

/**
 * The endpoints of AWS services in a VPC.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export class Endpoints extends Construct {
  /** Security group of the interface endpoints: HTTPS from within the VPC. Undefined without interface endpoints. */
  readonly securityGroup: SecurityGroup | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EndpointsProps,
  ) {
    super(scope, id);
    const gateway = new Construct(this, "gateway");
    for (const service of props.gatewayEndpoints) {
      new VpcEndpoint(gateway, service, {
        ...this.service(service),
        vpcEndpointType: "Gateway",
        routeTableIds: props.routedSubnets.map((subnet) => subnet.routeTable.id),
        tags: { Name: `${props.name}-${service}` },
      });
    }
    if (props.interfaceEndpoints.length === 0) return;
    const group = this.closedGroup();
    this.securityGroup = group;
    const interfaces = new Construct(this, "interface");
    for (const service of props.interfaceEndpoints) {
      new VpcEndpoint(interfaces, service, {
        ...this.service(service),
        vpcEndpointType: "Interface",
        subnetIds: props.endpointSubnets.map((subnet) => subnet.subnetId),
        securityGroupIds: [group.id],
        privateDnsEnabled: hasPrivateDns(service),
        tags: { Name: `${props.name}-${service}-interface` },
      });
    }
  }

  private service(service: string) {
    const { vpc, region } = this.props;
    const statements = endpointStatements({ ...this.props, service });
    return {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region}.${service}`,
      ...(statements === undefined ? {} : { policy: policyDocument(statements) }),
    };
  }

  /** Endpoints answer and never call, so the group has no rule for what goes out. */
  private closedGroup(): SecurityGroup {
    const { name, vpc } = this.props;
    const group = new SecurityGroup(this, "security-group", {
      name: `${name}-endpoints`,
      description: `HTTPS to the interface endpoints of VPC ${name}`,
      vpcId: vpc.id,
      // Another name makes another group, and AWS keeps the old one while an endpoint still has it.
      lifecycle: { createBeforeDestroy: true },
      tags: { Name: `${name}-endpoints` },
    });
    new VpcSecurityGroupIngressRule(this, "https", {
      securityGroupId: group.id,
      description: "HTTPS from within the VPC",
      cidrIpv4: vpc.cidrBlock,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      tags: { Name: `${name}-endpoints-https` },
    });
    return group;
  }
}
