import { Fn, Token } from "cdktf";

/** What a network tells of one tier of its subnets: ids in the order of the zones, both known to Terraform only. */
export interface TierSubnets {
  /** The network's zones. */
  readonly availabilityZones: readonly string[];

  /** A subnet of the tier for each zone, in the same order. */
  readonly subnetIds: readonly string[];
}

/**
 * The subnet of each zone.
 *
 * A subnet is looked up by its zone and not by its place: a zone that is added to the network, or taken from it,
 * changes nothing for who uses the others.
 *
 * @param zones - those that are asked for, written out; Terraform fails on one that the network does not have yet.
 * @returns subnet ids by zone, as tokens.
 */
export function subnetsByZone(
  zones: readonly string[],
  { availabilityZones, subnetIds }: TierSubnets,
): Readonly<Record<string, string>> {
  const all = Fn.zipmap(availabilityZones as string[], subnetIds);
  return Object.fromEntries(zones.map((zone) => [zone, Token.asString(Fn.lookup(all, zone))]));
}
