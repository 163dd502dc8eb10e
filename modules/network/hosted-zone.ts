import { assertAttributes } from "../core/attributes";

/** A hosted zone of Route 53: certificates, load balancers and APIs make their records in it. */
export interface IHostedZone {
  /** Id of the zone, e.g. `Z0123456789ABCDEFGHIJ`. */
  readonly hostedZoneId: string;

  /** Domain of the zone, e.g. `example.com`. */
  readonly zoneName: string;
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
      {
        name: "zoneName",
        value: zoneName,
        pattern: /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/,
        example: "example.com",
      },
    ]);
    return new HostedZone(hostedZoneId, zoneName);
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
