import { HttpError } from "./http";

/** What a range of IPv4 addresses holds. */
export interface Range {
  /** The range as it is written properly, e.g. `10.0.0.0/16`. */
  readonly cidr: string;
  readonly first: string;
  readonly last: string;
  readonly netmask: string;

  /** All addresses in it. */
  readonly addresses: number;

  /** Those that a subnet of a VPC can use: AWS keeps five. 0 where AWS makes no such subnet. */
  readonly usableInSubnet: number;

  /** Whether it lies in a range of RFC 1918, which is not routed in the internet. */
  readonly private: boolean;
}

const PRIVATE: readonly (readonly [address: string, prefix: number])[] = [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
];

/**
 * Works out a range from any address in it.
 *
 * @throws HttpError 400 with what is wrong and a valid example.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
export function rangeOf(address: string, prefix: string): Range {
  const number = parse(address);
  if (number === undefined) {
    throw new HttpError(400, `${JSON.stringify(address)} is not an IPv4 address; use e.g. 10.0.0.0`);
  }
  const bits = Number(prefix);
  if (!/^\d{1,2}$/.test(prefix) || bits > 32) {
    throw new HttpError(400, `${JSON.stringify(prefix)} is not a prefix length of 0 to 32; use e.g. 16`);
  }
  const addresses = 2 ** (32 - bits);
  const first = number - (number % addresses);
  return {
    cidr: `${format(first)}/${bits}`,
    first: format(first),
    last: format(first + addresses - 1),
    netmask: format(2 ** 32 - addresses),
    addresses,
    usableInSubnet: bits >= 16 && bits <= 28 ? addresses - 5 : 0,
    private: PRIVATE.some(([base, length]) => {
      const size = 2 ** (32 - length);
      const start = parse(base) ?? 0;
      return first >= start && first + addresses <= start + size;
    }),
  };
}

function parse(address: string): number | undefined {
  const parts = address.split(".");
  // A leading zero is octal to some programs and decimal to others.
  if (
    parts.length !== 4 ||
    !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  ) {
    return undefined;
  }
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}

function format(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
