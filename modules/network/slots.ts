import type { Fault } from "../core/errors";
import { type Cidr, formatCidr, parseCidr } from "./cidr";

/** Tiers of a VPC's subnets: by whether, and how, they reach the internet. */
export type Tier = "private" | "public" | "isolated";

/**
 * How a VPC's range is shared out. Every tier has one slot for each zone letter, used or not, so that
 * a subnet's range follows from its tier and its zone alone: zones can be added, removed and reordered,
 * and tiers switched on, without moving what stands.
 *
 * | VPC | zones | private (half) | public (quarter) | isolated | left free |
 * |---|---|---|---|---|---|
 * | /16 to /22 | a to h | prefix + 4 | prefix + 5 | prefix + 6 (eighth) | an eighth |
 * | /23 | a to h | /27 | /28 | /28 (quarter) | nothing |
 * | /24 | a to d | /27 | /28 | /28 (quarter) | nothing |
 *
 * Private subnets get the most because pods and functions take their addresses there. AWS allows no
 * subnet smaller than /28, which is why the small VPCs differ.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
interface Layout {
  /** Zone letters that have a slot: 8 means `a` to `h`. */
  readonly zones: number;

  /** For each tier: bits added to the VPC's prefix, and the number of the slot of zone `a`. */
  readonly tiers: Readonly<Record<Tier, { readonly bits: number; readonly start: number }>>;
}

function layoutOf(prefix: number): Layout {
  if (prefix <= 22) {
    return { zones: 8, tiers: { private: { bits: 4, start: 0 }, public: { bits: 5, start: 16 }, isolated: { bits: 6, start: 48 } } };
  }
  if (prefix === 23) {
    return { zones: 8, tiers: { private: { bits: 4, start: 0 }, public: { bits: 5, start: 16 }, isolated: { bits: 5, start: 24 } } };
  }
  return { zones: 4, tiers: { private: { bits: 3, start: 0 }, public: { bits: 4, start: 8 }, isolated: { bits: 4, start: 12 } } };
}

/** Number of a zone's slot: 0 for a zone that ends in `a`, up to 7 for `h`; undefined for any other name. */
export function zoneSlot(zone: string): number | undefined {
  const match = /^[a-z]{2}(?:-[a-z]+)+-\d([a-h])$/.exec(zone);
  return match?.[1] === undefined ? undefined : match[1].charCodeAt(0) - "a".charCodeAt(0);
}

/** The Region of a zone: its name without the letter. */
export function regionOf(zone: string): string {
  return zone.slice(0, -1);
}

/**
 * The IPv4 range of a subnet.
 *
 * @param range - range of the VPC, valid and of /16 to /24.
 * @returns undefined when the zone has no slot in a VPC of this size.
 */
export function subnetRange(range: Cidr, tier: Tier, zone: string): Cidr | undefined {
  const slot = zoneSlot(zone);
  const layout = layoutOf(range.prefix);
  if (slot === undefined || slot >= layout.zones) return undefined;
  const { bits, start } = layout.tiers[tier];
  const prefix = range.prefix + bits;
  return { first: range.first + (start + slot) * 2 ** (32 - prefix), prefix };
}

/** The number of a subnet's /64 within the VPC's IPv6 /56, 0 to 255: fixed for each tier and zone like the IPv4 slots. */
export function ipv6Slot(tier: Tier, zone: string): number {
  const tiers: Record<Tier, number> = { private: 0, public: 1, isolated: 2 };
  return tiers[tier] * 8 + (zoneSlot(zone) ?? 0);
}

/** The faults of a list of zones for a VPC's range: none, twice, of two Regions, without a slot. */
export function zoneFaults(cidr: string, zones: readonly string[]): readonly Fault[] {
  const faults: Fault[] = [];
  if (zones.length === 0) {
    faults.push({ what: "a VPC without availability zones", instead: 'use one or more, e.g. ["us-east-1a", "us-east-1b"]' });
  }
  const twice = new Set(zones.filter((zone, index) => zones.indexOf(zone) !== index));
  for (const zone of twice) faults.push({ what: `availability zone ${zone} is listed twice`, instead: "list it once" });

  const unknown = zones.filter((zone) => zoneSlot(zone) === undefined);
  for (const zone of unknown) {
    faults.push({ what: `${JSON.stringify(zone)} is not an availability zone of a Region`, instead: 'use e.g. "us-east-1a"' });
  }
  const regions = [...new Set(zones.filter((zone) => !unknown.includes(zone)).map(regionOf))];
  if (regions.length > 1) {
    faults.push({
      what: `availability zones of ${regions.length} Regions: ${regions.join(", ")}`,
      instead: "use zones of one Region; a VPC lies in one",
    });
  }
  const range = parseCidr(cidr);
  if (range === undefined) return faults;
  for (const zone of zones) {
    if (unknown.includes(zone) || subnetRange(range, "private", zone)) continue;
    const larger = formatCidr({ ...range, first: range.first - (range.first % 512), prefix: 23 });
    faults.push({
      what: `VPC range ${cidr} is too small for ${zone}: a /${range.prefix} has slots for zones a to d`,
      instead: `use a /23 or larger, e.g. ${larger}`,
    });
  }
  return faults;
}
