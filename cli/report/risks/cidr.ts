import { IPv4, IPv6, isValidCIDR, parse } from "ipaddr.js";

/** A range of addresses, as numbers. */
export interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly prefix: number;
}

/** Reads `10.0.0.0/8` or `2001:db8::/32`; undefined when it is neither. */
export function rangeOf(cidr: string): Range | undefined {
  const [text = "", digits = ""] = cidr.split("/");
  // Not what a C library takes for an address too, such as 10.1 or 0x0a000001.
  if (!(IPv4.isValidFourPartDecimal(text) || IPv6.isValid(text)) || !isValidCIDR(cidr)) return undefined;
  const address = parse(text);
  const bits = address.kind() === "ipv4" ? 32 : 128;
  const prefix = Number(digits);
  const host = BigInt(bits - prefix);
  const number = BigInt(`0x${Buffer.from(address.toByteArray()).toString("hex")}`);
  return { bits, prefix, first: (number >> host) << host };
}

/** Whether several ranges together hold all of another one. */
export function hold(ranges: readonly Range[], range: Range): boolean {
  const { bits, first, prefix } = range;
  const near = ranges.filter(
    (each) => each.bits === bits && (contains(each, range) || contains(range, each)),
  );
  if (near.some((each) => contains(each, range))) return true;
  if (near.length < 2 || prefix >= bits) return false;
  const half = 1n << BigInt(bits - prefix - 1);
  return (
    hold(near, { bits, first, prefix: prefix + 1 }) &&
    hold(near, { bits, first: first + half, prefix: prefix + 1 })
  );
}

function contains(wide: Range, narrow: Range): boolean {
  const host = BigInt(wide.bits - wide.prefix);
  return wide.prefix <= narrow.prefix && wide.first >> host === narrow.first >> host;
}
