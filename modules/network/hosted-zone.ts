import { DataAwsRoute53Zone } from "@cdktf/provider-aws/lib/data-aws-route53-zone";
import type { Construct } from "constructs";
import { SynthError } from "../core";
import { type AttributeRule, assertAttributes } from "../core/attributes";

/** A hosted zone of Route 53: certificates, load balancers and APIs make their records in it. */
export interface IHostedZone {
  /** Id of the zone, e.g. `Z0123456789ABCDEFGHIJ`. */
  readonly hostedZoneId: string;

  /** Domain of the zone, e.g. `example.com`. */
  readonly zoneName: string;
}

/** What a hosted zone is looked up by. */
export interface HostedZoneLookupOptions {
  /** Domain of the zone, e.g. `example.com`. */
  readonly domainName: string;

  /**
   * Whether it is a private zone: a public one may have the same domain.
   *
   * @default false
   */
  readonly privateZone?: boolean;

  /**
   * Id of a VPC that a private zone answers, where several private zones have the domain.
   *
   * @default - the one private zone of the domain
   */
  readonly vpcId?: string;
}

/**
 * A hosted zone that is there already, with the names that can be made in it.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-working-with.html
 */
export class HostedZone implements IHostedZone {
  /** A zone by its id and domain. @throws SynthError with every fault of them. */
  static fromHostedZoneAttributes({ hostedZoneId, zoneName }: IHostedZone): HostedZone {
    assertAttributes("HostedZone.fromHostedZoneAttributes", [
      {
        name: "hostedZoneId",
        value: hostedZoneId,
        pattern: /^Z[A-Z0-9]{1,31}$/,
        example: "Z0123456789ABCDEFGHIJ",
      },
      domainRule("zoneName", zoneName),
    ]);
    return new HostedZone(hostedZoneId, zoneName);
  }

  /** A zone by its domain, looked up when Terraform plans. @throws SynthError with every fault of the options. */
  static fromLookup(scope: Construct, id: string, options: HostedZoneLookupOptions): HostedZone {
    const { domainName, privateZone = false, vpcId } = options;
    assertAttributes("HostedZone.fromLookup", [domainRule("domainName", domainName)]);
    if (vpcId !== undefined && !privateZone) {
      throw new SynthError("HostedZone.fromLookup", [
        {
          what: "vpcId is given, and a public zone has no VPC",
          instead: "use privateZone true, or leave it out",
        },
      ]);
    }
    const found = new DataAwsRoute53Zone(scope, id, {
      name: domainName,
      privateZone,
      ...(vpcId === undefined ? {} : { vpcId }),
    });
    return new HostedZone(found.zoneId, domainName);
  }

  private constructor(
    readonly hostedZoneId: string,
    readonly zoneName: string,
  ) {}

  /** A name in the zone: `shop.example.com` of `shop`; the zone's own without a label. */
  nameOf(label?: string): string {
    return label === undefined ? this.zoneName : `${label}.${this.zoneName}`;
  }
}

const domainRule = (name: string, value: string): AttributeRule => ({
  name,
  value,
  pattern: /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/,
  example: "example.com",
});
