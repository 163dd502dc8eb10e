import type { Fault } from "../core/errors";
import { type Cidr, cidrFaults, contains, formatCidr, overlaps, parseCidr, sizeOf } from "./cidr";
import { zoneSlot } from "./zones";

/** Bits that a zone's part of the range adds to its prefix: one of eight, for the letters `a` to `h`. */
const ZONE_BITS = 3;

/** Ranges for private use, of which AWS lets a VPC have one beside that for carriers. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] as const;

/** The range for carriers, which no private network has. */
const CARRIERS = "100.64.0.0/10";

/** Ranges that AWS takes in no VPC, or in none of a range. */
const KEPT: readonly { readonly block: string; readonly besides?: string }[] = [
  { block: "198.19.0.0/16" },
  { block: "10.0.0.0/16", besides: "10.0.0.0/15" },
];

/**
 * The part of a range for pods that a zone has: an eighth by the zone's letter, used or not, so that zones come and go and
 * no part moves.
 */
export function podSubnetRange(range: Cidr, zone: string): Cidr | undefined {
  const slot = zoneSlot(zone);
  if (slot === undefined) return undefined;
  const prefix = range.prefix + ZONE_BITS;
  return { first: range.first + slot * sizeOf({ first: 0, prefix }), prefix };
}

/**
 * The faults of a second range for pods: its form, one that meets the VPC's, and one that AWS takes in no VPC of this range.
 *
 * @param cidr - of the VPC.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
 */
export function podRangeFaults(podCidr: string, cidr: string): readonly Fault[] {
  const faults = cidrFaults(podCidr);
  const pods = parseCidr(podCidr);
  const vpc = parseCidr(cidr);
  if (faults.length > 0 || !pods || !vpc)
    return faults.map(({ what, instead }) => ({ what: `podCidr: ${what}`, instead }));
  if (overlaps(pods, vpc)) {
    return [
      {
        what: `podCidr ${podCidr} meets the VPC's ${cidr}`,
        instead: `use e.g. "${CARRIERS.replace("/10", "/16")}"`,
      },
    ];
  }
  const within = (range: Cidr, block: string) => {
    const outer = parseCidr(block);
    return outer !== undefined && contains(outer, range);
  };
  const blockOf = (range: Cidr) => [...PRIVATE, CARRIERS].find((block) => within(range, block));
  const [own, other] = [blockOf(vpc), blockOf(pods)];
  const isPrivate = PRIVATE.some((block) => block === other);
  const refused = (of: string): readonly Fault[] => [
    {
      what: `podCidr ${formatCidr(pods)} is of ${of}, which AWS takes in no VPC of ${own ?? "public addresses"}`,
      instead: `use a range of ${CARRIERS}, e.g. "100.64.0.0/16"`,
    },
  ];
  if (other !== undefined && isPrivate && own !== other) return refused(other);
  const kept = KEPT.find(
    ({ block, besides }) => within(pods, block) && (besides === undefined || within(vpc, besides)),
  );
  return kept ? refused(kept.block) : [];
}
