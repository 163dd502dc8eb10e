import type { Fault } from "../core/errors";

/** An IPv4 range: the first address as a number of 32 bits, and the length of the prefix. */
export interface Cidr {
  /** The first address, as a number of 32 bits. */
  readonly first: number;

  /** Bits of the network, 0 to 32. */
  readonly prefix: number;
}

/** Lengths of a VPC's prefix that can be planned, from the largest range to the smallest. */
export const VPC_PREFIXES = { largest: 16, smallest: 24 } as const;

/**
 * Ranges in which no host of a VPC can have an address, with what each is for.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml
 */
const RESERVED: readonly (readonly [string, string])[] = [
  ["0.0.0.0/8", "this network"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local addresses and the instance metadata service"],
  ["224.0.0.0/4", "multicast"],
];

/**
 * Reads `a.b.c.d/n`, written as AWS writes it: without leading zeros, at the range's first address.
 *
 * @returns undefined when the text is no IPv4 range, or when an address is not the first of its range.
 */
export function parseCidr(text: string): Cidr | undefined {
  const cidr = parseLoosely(text);
  return cidr && cidr.first % sizeOf(cidr) === 0 ? cidr : undefined;
}

/** Writes a range as `a.b.c.d/n`. */
export function formatCidr({ first, prefix }: Cidr): string {
  const octets = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** Number of addresses in a range. */
export function sizeOf(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefix);
}

/** Whether two ranges have an address in common. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);
}

/** Whether a range lies wholly within another. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.first >= outer.first && inner.first + sizeOf(inner) <= outer.first + sizeOf(outer);
}

/**
 * The faults of a VPC's range: its form, its host bits, its size and what its addresses are for.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
export function cidrFaults(text: string): readonly Fault[] {
  const loose = parseLoosely(text);
  if (!loose) {
    return [{ what: `VPC range ${text} is not an IPv4 range`, instead: "use e.g. 10.0.0.0/16" }];
  }
  const first = loose.first - (loose.first % sizeOf(loose));
  if (first !== loose.first) {
    const start = formatCidr({ first, prefix: loose.prefix });
    return [{ what: `VPC range ${text} does not begin at its first address`, instead: `use ${start}` }];
  }
  const { largest, smallest } = VPC_PREFIXES;
  const planned = `Groundplan plans VPCs of /${largest} to /${smallest}`;
  if (loose.prefix < largest) {
    const instead = `use a /${largest} or smaller, e.g. ${formatCidr({ ...loose, prefix: largest })}`;
    return [{ what: `VPC range ${text} is too large: ${planned}`, instead }];
  }
  if (loose.prefix > smallest) {
    const instead = `use a /${smallest} or larger, e.g. 10.0.0.0/16`;
    return [{ what: `VPC range ${text} is too small: ${planned}`, instead }];
  }
  for (const [range, purpose] of RESERVED) {
    const reserved = parseCidr(range);
    if (!reserved || !overlaps(reserved, loose)) continue;
    const what = `VPC range ${text} lies in ${range}, which is reserved for ${purpose}`;
    return [{ what, instead: "use a private range, e.g. 10.0.0.0/16" }];
  }
  return [];
}

/** Reads a range whose address may lie anywhere in it. */
function parseLoosely(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const parts = match.slice(1);
  // Terraform and AWS refuse 010.0.0.0: elsewhere it means 8.0.0.0.
  if (parts.some((part) => part.length > 1 && part.startsWith("0"))) return undefined;
  const numbers = parts.map(Number);
  const [prefix = 33] = numbers.splice(4);
  if (prefix > 32 || numbers.some((octet) => octet > 255)) return undefined;
  return { first: numbers.reduce((sum, octet) => sum * 256 + octet, 0), prefix };
}
