/** A range of addresses, as numbers. */
export interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly prefix: number;
}

/** Reads `10.0.0.0/8` or `2001:db8::/32`; undefined when it is neither. */
export function rangeOf(cidr: string): Range | undefined {
  const [, address = "", digits = ""] = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const number = address.includes(":") ? ipv6(address) : ipv4(address);
  const bits = address.includes(":") ? 128 : 32;
  const prefix = Number(digits);
  if (number === undefined || digits === "" || prefix > bits) return undefined;
  const host = BigInt(bits - prefix);
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

function ipv4(address: string): bigint | undefined {
  const parts = address.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    return undefined;
  return parts.reduce((all, part) => all * 256n + BigInt(part), 0n);
}

function ipv6(address: string): bigint | undefined {
  const [head = "", tail, ...more] = address.split("::");
  if (more.length > 0) return undefined;
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => "0"), ...right];
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((all, group) => (all << 16n) + BigInt(`0x${group}`), 0n);
}
