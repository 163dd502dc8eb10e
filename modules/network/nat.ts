import { Eip } from "@cdktf/provider-aws/lib/eip";
import type { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Construct } from "constructs";
import type { Fault } from "../core/errors";
import type { Subnet } from "./subnet";

/** How private subnets reach the internet; see `VpcProps.nat`. */
export type NatStrategy = "none" | "single" | "per-az";

/** What decides where NAT gateways stand. */
interface NatPlacement {
  readonly availabilityZones: readonly string[];
  readonly nat?: NatStrategy;
  readonly natZone?: string;
}

/** Zones that have a NAT gateway: by the letter, never by the order in which they are written. */
export function natZones(placement: NatPlacement): readonly string[] {
  const { availabilityZones, nat = "single", natZone } = placement;
  if (nat === "none") return [];
  if (nat === "per-az") return availabilityZones;
  const first = natZone ?? [...availabilityZones].sort()[0];
  return first === undefined ? [] : [first];
}

/** The faults of the one NAT gateway's zone. */
export function natFaults(placement: NatPlacement): readonly Fault[] {
  const { availabilityZones, nat = "single", natZone } = placement;
  if (natZone === undefined) return [];
  if (nat !== "single") {
    return [{ what: `natZone ${natZone} has no meaning with nat ${JSON.stringify(nat)}`, instead: 'leave it out, or use nat "single"' }];
  }
  if (availabilityZones.includes(natZone)) return [];
  return [{ what: `natZone ${natZone} is not a zone of the VPC`, instead: `use one of ${availabilityZones.join(", ")}` }];
}

/** Properties of {@link NatGateways}. */
interface NatGatewaysProps extends NatPlacement {
  readonly name: string;
  readonly internet: InternetGateway;
  readonly publicSubnets: readonly Subnet[];
}

/**
 * The NAT gateways of a VPC, each keyed by its zone and with an Elastic IP: going from one to one a
 * zone adds the others and leaves the first, and its address, where it is.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
 */
export class NatGateways extends Construct {
  /** Addresses from which the private subnets reach the internet, e.g. for another's allow list. */
  readonly publicIps: readonly string[];

  private readonly gateways = new Map<string, NatGateway>();

  constructor(scope: Construct, id: string, props: NatGatewaysProps) {
    super(scope, id);
    const publicIps: string[] = [];
    for (const zone of natZones(props)) {
      const subnet = props.publicSubnets.find((candidate) => candidate.availabilityZone === zone);
      if (!subnet) continue;
      const inZone = new Construct(this, zone);
      const tags = { Name: `${props.name}-nat-${zone}` };
      const address = new Eip(inZone, "address", { domain: "vpc", tags, dependsOn: [props.internet] });
      const gateway = new NatGateway(inZone, "gateway", {
        subnetId: subnet.subnetId,
        allocationId: address.id,
        tags,
        // Without the internet gateway the NAT gateway fails to come up.
        dependsOn: [props.internet],
      });
      this.gateways.set(zone, gateway);
      publicIps.push(address.publicIp);
    }
    this.publicIps = publicIps;
  }

  /** The NAT gateway that a zone's private subnet goes through; undefined with `none`. */
  gatewayOf(zone: string): NatGateway | undefined {
    return this.gateways.get(zone) ?? [...this.gateways.values()][0];
  }
}
