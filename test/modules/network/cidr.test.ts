import {
  type Cidr,
  cidrFaults,
  contains,
  formatCidr,
  overlaps,
  parseCidr,
  sizeOf,
} from "@groundplan/modules/network/cidr";
import fc from "fast-check";

/** Any IPv4 range, /0 to /32. */
const anyRange: fc.Arbitrary<Cidr> = fc
  .tuple(fc.integer({ min: 0, max: 32 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([prefix, share]) => ({ prefix, first: Math.floor(share * 2 ** prefix) * 2 ** (32 - prefix) }));

test("what is written is read back", () => {
  fc.assert(fc.property(anyRange, (range) => expect(parseCidr(formatCidr(range))).toEqual(range)));
});

test("an address that is not the first of its range is refused", () => {
  const ranges = anyRange.filter(({ prefix }) => prefix < 32);
  fc.assert(
    fc.property(ranges, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (range, share) => {
      const host = range.first + 1 + Math.floor(share * (sizeOf(range) - 1));
      const text = formatCidr({ first: host, prefix: range.prefix });
      expect(parseCidr(text)).toBeUndefined();
      expect(cidrFaults(text)).toHaveLength(1);
    }),
  );
});

test.each([
  "",
  "10.0.0.0",
  "10.0.0/16",
  "10.0.0.0/33",
  "10.0.0.256/32",
  "010.0.0.0/16",
  "10.0.0.0/016",
  "10.0.0.0/-1",
  " 10.0.0.0/16",
  "fd00::/56",
  "10.0.0.0/16/16",
])("%j is no IPv4 range", (text) => {
  expect(parseCidr(text)).toBeUndefined();
  expect(cidrFaults(text)).toEqual([
    { what: `VPC range ${text} is not an IPv4 range`, instead: "use e.g. 10.0.0.0/16" },
  ]);
});

test("two ranges overlap either way round, and only when one holds the other", () => {
  fc.assert(
    fc.property(anyRange, anyRange, (one, other) => {
      expect(overlaps(one, other)).toBe(overlaps(other, one));
      expect(overlaps(one, other)).toBe(contains(one, other) || contains(other, one));
    }),
  );
});

test("the halves of a range lie in it and apart", () => {
  fc.assert(
    fc.property(
      anyRange.filter(({ prefix }) => prefix < 32),
      (range) => {
        const low = { first: range.first, prefix: range.prefix + 1 };
        const high = { first: range.first + sizeOf(low), prefix: range.prefix + 1 };
        expect([contains(range, low), contains(range, high), overlaps(low, high)]).toEqual([
          true,
          true,
          false,
        ]);
        expect(contains(low, range)).toBe(false);
      },
    ),
  );
});

test("every private range of /16 to /24 is a VPC's", () => {
  const ranges = fc
    .tuple(fc.integer({ min: 16, max: 24 }), fc.nat(2 ** 16 - 1))
    .map(
      ([prefix, slot]) =>
        `10.${formatCidr({ first: (slot % 2 ** (prefix - 8)) * 2 ** (32 - prefix), prefix }).slice(2)}`,
    );
  fc.assert(fc.property(ranges, (text) => expect(cidrFaults(text)).toEqual([])));
});

test.each([
  [
    "10.0.0.0/15",
    "VPC range 10.0.0.0/15 is too large: Groundplan plans VPCs of /16 to /24",
    "use a /16 or smaller, e.g. 10.0.0.0/16",
  ],
  [
    "10.0.0.0/28",
    "VPC range 10.0.0.0/28 is too small: Groundplan plans VPCs of /16 to /24",
    "use a /24 or larger, e.g. 10.0.0.0/16",
  ],
  ["10.0.5.0/16", "VPC range 10.0.5.0/16 does not begin at its first address", "use 10.0.0.0/16"],
  [
    "127.1.0.0/16",
    "VPC range 127.1.0.0/16 lies in 127.0.0.0/8, which is reserved for loopback",
    "use a private range, e.g. 10.0.0.0/16",
  ],
  [
    "169.254.8.0/24",
    "VPC range 169.254.8.0/24 lies in 169.254.0.0/16, which is reserved for link-local addresses and the instance metadata service",
    "use a private range, e.g. 10.0.0.0/16",
  ],
  [
    "230.0.0.0/16",
    "VPC range 230.0.0.0/16 lies in 224.0.0.0/4, which is reserved for multicast",
    "use a private range, e.g. 10.0.0.0/16",
  ],
])("%s is refused", (text, what, instead) => {
  expect(cidrFaults(text)).toEqual([{ what, instead }]);
});
