import { DataAwsLb } from "@cdktf/provider-aws/lib/data-aws-lb";
import { DataAwsLbListener } from "@cdktf/provider-aws/lib/data-aws-lb-listener";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { type Fault, SynthError } from "../core";
import { Certificate, type CertificateProps, certificateFaults } from "./certificate";
import { importedLoadBalancer } from "./imported";
import { LoadBalancerLogBucket, type LoadBalancerLogs, loadBalancerLogFaults } from "./load-balancer-logs";
import { fitted, fittedNameFaults, SERVICE_NAMES } from "./names";
import type { LoadBalancerAttributes } from "./route";

/** Properties of {@link LoadBalancer}. */
export interface LoadBalancerProps {
  /** Name, e.g. `groundplan-dev-previews`; cut to 32 characters with a hash where it is longer. */
  readonly name: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** VPC that it stands in. */
  readonly vpcId: string;

  /** IPv4 range of the VPC: it asks targets within it, and nobody else. */
  readonly vpcCidr: string;

  /** Subnets of two or more zones: public ones, or private ones for an internal load balancer. */
  readonly subnetIds: readonly string[];

  /**
   * IPv4 ranges that may ask it, e.g. `["0.0.0.0/0"]` for the whole internet. A range that is not all of it keeps
   * others out, also of the page of HTTP.
   */
  readonly allowedCidrs: readonly string[];

  /**
   * Whether it has private addresses only.
   *
   * @default false
   */
  readonly internal?: boolean;

  /** Certificate of the HTTPS listener: the ARN of a given one, or one that is made here and proved in a zone. */
  readonly certificate: { readonly arn: string } | CertificateProps;

  /** Bucket of the access logs; `"none"` for a load balancer that nobody asks about later. */
  readonly accessLogs: LoadBalancerLogs | "none";

  /**
   * Names of the zone that lead to it.
   *
   * @default - none
   */
  readonly names?: { readonly hostedZoneId: string; readonly hostNames: readonly string[] };

  /**
   * Keeps everybody from deleting it, Terraform as well.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * Seconds after which a connection without traffic is closed, 1 to 4000.
   *
   * @default 60
   */
  readonly idleSeconds?: number;
}

/** TLS 1.2 and 1.3. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/**
 * An application load balancer: HTTP is sent on to HTTPS, and what no service has claimed is answered with 404.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
 */
export class LoadBalancer extends Construct implements LoadBalancerAttributes {
  /** ARN of the load balancer. */
  readonly arn: string;

  /** Its name in DNS. */
  readonly dnsName: string;

  /** Hosted zone of `dnsName`, for records that lead to it. */
  readonly zoneId: string;

  /** Its security group, from which it asks targets. */
  readonly securityGroupId: string;

  /** Listener that takes the requests. */
  readonly httpsListenerArn: string;

  /** Certificate of the HTTPS listener. */
  readonly certificateArn: string;

  /** A load balancer that is there already. @throws SynthError with every fault of the attributes. */
  static fromLoadBalancerAttributes(attributes: LoadBalancerAttributes): LoadBalancerAttributes {
    return importedLoadBalancer(attributes);
  }

  /**
   * A load balancer with one security group and an HTTPS listener at port 443, looked up when Terraform plans.
   *
   * @param name - its name in AWS.
   */
  static fromLookup(scope: Construct, id: string, name: string): LoadBalancerAttributes {
    const place = new Construct(scope, id);
    const found = new DataAwsLb(place, "load-balancer", { name });
    const listener = new DataAwsLbListener(place, "https", { loadBalancerArn: found.arn, port: 443 });
    return {
      securityGroupId: Token.asString(Fn.one(found.securityGroups)),
      httpsListenerArn: listener.arn,
    };
  }

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const faults = loadBalancerFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const { certificate, accessLogs, deletionProtection = true, names } = props;
    const name = fitted(SERVICE_NAMES.loadBalancer, props.name);
    this.securityGroupId = this.securityGroup(props).id;
    const logs =
      accessLogs === "none"
        ? undefined
        : new LoadBalancerLogBucket(this, "logs", { ...props, ...accessLogs });
    const balancer = new Lb(this, "load-balancer", {
      name,
      loadBalancerType: "application",
      internal: props.internal ?? false,
      subnets: [...props.subnetIds],
      securityGroups: [this.securityGroupId],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "defensive",
      idleTimeout: props.idleSeconds ?? 60,
      enableDeletionProtection: deletionProtection,
      ...(logs === undefined ? {} : { accessLogs: { bucket: logs.bucketId, enabled: true } }),
      tags: { Name: name },
    });
    this.arn = balancer.arn;
    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    this.certificateArn =
      "arn" in certificate
        ? certificate.arn
        : new Certificate(this, "certificate", certificate).certificateArn;
    new LbListener(this, "http", {
      loadBalancerArn: this.arn,
      port: 80,
      protocol: "HTTP",
      defaultAction: [
        { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
      ],
      tags: { Name: `${name}-http` },
    });
    this.httpsListenerArn = new LbListener(this, "https", {
      loadBalancerArn: this.arn,
      port: 443,
      protocol: "HTTPS",
      sslPolicy: TLS_POLICY,
      certificateArn: this.certificateArn,
      defaultAction: [
        {
          type: "fixed-response",
          fixedResponse: {
            contentType: "text/plain",
            statusCode: "404",
            messageBody: "There is no service of this name.",
          },
        },
      ],
      tags: { Name: `${name}-https` },
    }).arn;
    for (const [index, hostName] of (names?.hostNames ?? []).entries()) {
      new Route53Record(this, index === 0 ? "name" : `name-${hostName}`, {
        zoneId: names?.hostedZoneId ?? "",
        name: hostName,
        type: "A",
        alias: { name: this.dnsName, zoneId: this.zoneId, evaluateTargetHealth: false },
      });
    }
  }

  private securityGroup({ name, vpcId, vpcCidr, allowedCidrs }: LoadBalancerProps): SecurityGroup {
    const group = new SecurityGroup(this, "security-group", {
      name: `${name}-load-balancer`,
      description: `Load balancer ${name}`,
      vpcId,
      tags: { Name: `${name}-load-balancer` },
    });
    new VpcSecurityGroupEgressRule(this, "to-targets", {
      securityGroupId: group.id,
      description: "Targets within the VPC",
      ipProtocol: "tcp",
      fromPort: 0,
      toPort: 65_535,
      cidrIpv4: vpcCidr,
    });
    for (const cidr of allowedCidrs) {
      for (const [protocol, port] of [
        ["http", 80],
        ["https", 443],
      ] as const) {
        new VpcSecurityGroupIngressRule(this, `${protocol}-from-${cidr}`, {
          securityGroupId: group.id,
          description: protocol === "http" ? "Sent on to HTTPS" : "Requests",
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrIpv4: cidr,
        });
      }
    }
    return group;
  }
}

/** Every fault of a load balancer's properties. */
export function loadBalancerFaults(props: LoadBalancerProps): readonly Fault[] {
  const { subnetIds, allowedCidrs, certificate, accessLogs, idleSeconds = 60 } = props;
  const faults: Fault[] = [...fittedNameFaults(SERVICE_NAMES.loadBalancer, props.name)];
  if (!Token.isUnresolved(subnetIds) && subnetIds.length < 2) {
    faults.push({
      what: `subnetIds has ${subnetIds.length}: a load balancer stands in two zones or more`,
      instead: "give a subnet of each zone",
    });
  }
  if (allowedCidrs.length === 0) {
    faults.push({
      what: "allowedCidrs is empty: nobody could ask it",
      instead: 'use e.g. ["203.0.113.0/24"], or ["0.0.0.0/0"] for the whole internet',
    });
  }
  for (const cidr of allowedCidrs) {
    if (cidr.includes("${") || /^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/.test(cidr)) continue;
    faults.push({
      what: `allowedCidrs has ${JSON.stringify(cidr)}, which is not an IPv4 range`,
      instead: 'use e.g. "203.0.113.0/24"',
    });
  }
  if ("arn" in certificate) {
    if (
      !certificate.arn.includes("${") &&
      !/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/.test(certificate.arn)
    ) {
      faults.push({
        what: `certificate.arn ${JSON.stringify(certificate.arn)} is not the ARN of a certificate of ACM`,
        instead:
          'use e.g. "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"',
      });
    }
  } else faults.push(...certificateFaults(certificate));
  if (accessLogs !== "none") faults.push(...loadBalancerLogFaults(accessLogs));
  if (!Number.isInteger(idleSeconds) || idleSeconds < 1 || idleSeconds > 4000) {
    faults.push({
      what: `idleSeconds is ${idleSeconds}`,
      instead: "use a whole number of 1 to 4000, e.g. 60",
    });
  }
  return faults;
}
