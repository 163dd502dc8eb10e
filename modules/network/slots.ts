import type { Fault } from "../core/errors";
import { type Cidr, formatCidr, parseCidr, sizeOf, VPC_PREFIXES } from "./cidr";
import { ZONE_LETTERS, zoneSlot } from "./zones";

/** Tiers of a VPC's subnets: by whether, and how, they reach the internet. */
export type Tier = "public" | "private" | "isolated";

/** Every tier, from the one nearest to the internet. */
export const TIERS: readonly Tier[] = ["public", "private", "isolated"];

/** How the ranges of a size are shared out. */
interface Layout {
  /** Zone letters that have a slot: 8 means `a` to `h`. */
  readonly zones: number;

  /** For each tier: bits added to the VPC's prefix, and the number of zone `a`'s slot, counted in slots of that size. */
  readonly tiers: Readonly<Record<Tier, { readonly bits: number; readonly start: number }>>;
}

const LAYOUTS: Readonly<Record<"wide" | "medium" | "narrow", Layout>> = {
  wide: {
    zones: 8,
    tiers: {
      private: { bits: 4, start: 0 },
      public: { bits: 5, start: 16 },
      isolated: { bits: 6, start: 48 },
    },
  },
  medium: {
    zones: 8,
    tiers: {
      private: { bits: 4, start: 0 },
      public: { bits: 5, start: 16 },
      isolated: { bits: 5, start: 24 },
    },
  },
  narrow: {
    zones: 4,
    tiers: {
      private: { bits: 3, start: 0 },
      public: { bits: 4, start: 8 },
      isolated: { bits: 4, start: 12 },
    },
  },
};

function layoutOf(prefix: number): Layout | undefined {
  if (prefix < VPC_PREFIXES.largest || prefix > VPC_PREFIXES.smallest) return undefined;
  if (prefix <= 22) return LAYOUTS.wide;
  return prefix === 23 ? LAYOUTS.medium : LAYOUTS.narrow;
}

/**
 * The IPv4 range of a subnet.
 *
 * Every tier has one slot for each zone letter, used or not, so that a subnet's range follows from the
 * VPC's range, its tier and its zone alone: zones are added, removed and reordered, and tiers switched
 * on, without moving what stands. This table is a promise: changing it replaces every subnet.
 *
 * | VPC | zones | private: first half | public: third quarter | isolated | left free, at the end |
 * |---|---|---|---|---|---|
 * | /16 | a to h | /20, 4091 hosts each | /21, 2043 | /22, 1019 | /19 |
 * | /17 | a to h | /21, 2043 | /22, 1019 | /23, 507 | /20 |
 * | /18 | a to h | /22, 1019 | /23, 507 | /24, 251 | /21 |
 * | /19 | a to h | /23, 507 | /24, 251 | /25, 123 | /22 |
 * | /20 | a to h | /24, 251 | /25, 123 | /26, 59 | /23 |
 * | /21 | a to h | /25, 123 | /26, 59 | /27, 27 | /24 |
 * | /22 | a to h | /26, 59 | /27, 27 | /28, 11 | /25 |
 * | /23 | a to h | /27, 27 | /28, 11 | /28, 11 | nothing |
 * | /24 | a to d | /27, 27 | /28, 11 | /28, 11 | nothing |
 *
 * Private subnets get the most because pods and functions take their addresses there; AWS keeps five
 * addresses of each subnet, and allows none smaller than /28, which is why the small VPCs differ.
 *
 * @param range - range of the VPC, /16 to /24.
 * @returns undefined when the zone has no slot in a VPC of this size.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
export function subnetRange(range: Cidr, tier: Tier, zone: string): Cidr | undefined {
  const slot = zoneSlot(zone);
  const layout = layoutOf(range.prefix);
  if (slot === undefined || !layout || slot >= layout.zones) return undefined;
  const { bits, start } = layout.tiers[tier];
  const prefix = range.prefix + bits;
  return { first: range.first + (start + slot) * sizeOf({ first: 0, prefix }), prefix };
}

/**
 * The number of a subnet's /64 within the VPC's IPv6 /56, 0 to 255: fixed for each tier and zone like
 * the IPv4 slots. Private has 0 to 7, public 8 to 15, isolated 16 to 23; the rest is left free.
 *
 * @returns undefined when the zone has no slot.
 */
export function ipv6Slot(tier: Tier, zone: string): number | undefined {
  const slot = zoneSlot(zone);
  const tiers: Readonly<Record<Tier, number>> = { private: 0, public: 1, isolated: 2 };
  return slot === undefined ? undefined : tiers[tier] * ZONE_LETTERS.length + slot;
}

/** The faults of zones that are valid in themselves and have no slot in a VPC of this range. */
export function slotFaults(cidr: string, zones: readonly string[]): readonly Fault[] {
  const range = parseCidr(cidr);
  const layout = range && layoutOf(range.prefix);
  if (!range || !layout) return [];
  const larger = { prefix: 23, first: range.first - (range.first % sizeOf({ first: 0, prefix: 23 })) };
  return zones
    .filter((zone) => (zoneSlot(zone) ?? 0) >= layout.zones)
    .map((zone) => ({
      what: `VPC range ${cidr} is too small for ${zone}: a /${range.prefix} has slots for the zones a to ${ZONE_LETTERS[layout.zones - 1]}`,
      instead: `use a /23 or larger, e.g. ${formatCidr(larger)}`,
    }));
}
