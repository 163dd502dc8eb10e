import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration";
import { Apigatewayv2VpcLink } from "@cdktf/provider-aws/lib/apigatewayv2-vpc-link";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Construct } from "constructs";
import type { Fault } from "../core/errors";
import { wholeFaults } from "../core/whole";
import { INTEGRATION_SECONDS } from "../observability/api-alarm-settings";

/** Where the API gets into a VPC. */
export interface VpcLinkSettings {
  /** The VPC. */
  readonly vpcId: string;

  /** IPv4 range of the VPC: nothing else is called. */
  readonly vpcCidr: string;

  /** Private subnets, one of each zone in which the services are. AWS takes no others later without a new link. */
  readonly subnetIds: readonly string[];
}

/** A service in the VPC that answers a route. */
export interface PrivateService {
  /** Names it within the API, e.g. `shop`. */
  readonly name: string;

  /** ARN of the listener of its load balancer, or of its Cloud Map service. */
  readonly listenerArn: string;

  /**
   * Name in the certificate of the listener; then the API speaks TLS with it.
   *
   * @default - none: plain HTTP within the VPC
   */
  readonly serverName?: string;

  /**
   * Seconds after which the API gives up, 1 to 30.
   *
   * @default 30
   */
  readonly timeoutSeconds?: number;
}

/** The link of an API to a VPC, and the services behind it. */
export class VpcLink extends Construct {
  /** Security group of the link: what the load balancers let in. */
  readonly securityGroupId: string;
  private readonly link: Apigatewayv2VpcLink;
  private readonly integrations = new Map<string, Apigatewayv2Integration>();

  constructor(
    scope: Construct,
    id: string,
    private readonly api: { readonly id: string; readonly name: string },
    { vpcId, vpcCidr, subnetIds }: VpcLinkSettings,
  ) {
    super(scope, id);
    const name = `${api.name}-vpc-link`;
    const group = new SecurityGroup(this, "security-group", {
      name,
      description: `What API ${api.name} calls in the VPC`,
      vpcId,
      tags: { Name: name },
    });
    this.securityGroupId = group.id;
    new VpcSecurityGroupEgressRule(this, "out", {
      securityGroupId: group.id,
      description: "Services of the VPC",
      ipProtocol: "-1",
      cidrIpv4: vpcCidr,
    });
    this.link = new Apigatewayv2VpcLink(this, "link", {
      name,
      subnetIds: [...subnetIds],
      securityGroupIds: [group.id],
      tags: { Name: name },
    });
  }

  /** The integration of a service, one for all its routes. */
  integration({ name, listenerArn, serverName, timeoutSeconds }: PrivateService): Apigatewayv2Integration {
    const known = this.integrations.get(name);
    if (known) return known;
    const made = new Apigatewayv2Integration(this, `service-${name}`, {
      apiId: this.api.id,
      integrationType: "HTTP_PROXY",
      integrationMethod: "ANY",
      integrationUri: listenerArn,
      connectionType: "VPC_LINK",
      connectionId: this.link.id,
      payloadFormatVersion: "1.0",
      timeoutMilliseconds: (timeoutSeconds ?? INTEGRATION_SECONDS) * 1000,
      ...(serverName === undefined ? {} : { tlsConfig: { serverNameToVerify: serverName } }),
    });
    this.integrations.set(name, made);
    return made;
  }
}

const LISTENER =
  /^arn:aws[a-z-]*:(?:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/(?:app|net)\/.+|servicediscovery:[a-z0-9-]+:\d{12}:service\/.+)$/;

/** Every fault of the link and the services behind it. */
export function privateFaults(
  link: VpcLinkSettings | undefined,
  services: readonly PrivateService[],
): readonly Fault[] {
  const faults: Fault[] = [];
  if (link && link.subnetIds.length === 0) {
    faults.push({ what: "vpcLink has no subnets", instead: "give the private subnets of the VPC" });
  }
  if (link && services.length === 0) {
    faults.push({ what: "vpcLink is set and no route goes there", instead: "say service at a route" });
  }
  if (!link && services.length > 0) {
    faults.push({
      what: `service ${JSON.stringify(services[0]?.name)} is in a VPC, and the API has no way into one`,
      instead: "give vpcLink: { vpcId, vpcCidr, subnetIds }",
    });
  }
  for (const { name, listenerArn, timeoutSeconds = INTEGRATION_SECONDS } of services) {
    faults.push(
      ...wholeFaults(`timeoutSeconds of service ${JSON.stringify(name)}`, timeoutSeconds, 1, 30, 30),
    );
    if (!listenerArn.includes("${") && !LISTENER.test(listenerArn)) {
      faults.push({
        what: `listenerArn ${JSON.stringify(listenerArn)} is not a listener of a load balancer or a service of Cloud Map`,
        instead: "use httpsListenerArn of the LoadBalancer",
      });
    }
    if (services.some((other) => other.name === name && other.listenerArn !== listenerArn)) {
      faults.push({
        what: `service ${JSON.stringify(name)} has two listeners`,
        instead: "give each a name of its own",
      });
    }
  }
  return faults;
}
