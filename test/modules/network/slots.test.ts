import { type Cidr, contains, formatCidr, overlaps, parseCidr } from "@groundplan/modules/network/cidr";
import { ipv6Slot, slotFaults, subnetRange, TIERS, type Tier } from "@groundplan/modules/network/slots";
import fc from "fast-check";

const LETTERS = [..."abcdefgh"];

/** A VPC's range, /16 to /24, anywhere in 10.0.0.0/8. */
const vpcRange: fc.Arbitrary<Cidr> = fc
  .tuple(fc.integer({ min: 16, max: 24 }), fc.nat(2 ** 16 - 1))
  .map(([prefix, slot]) => ({
    prefix,
    first: 10 * 2 ** 24 + (slot % 2 ** (prefix - 8)) * 2 ** (32 - prefix),
  }));

const zones = fc
  .shuffledSubarray(LETTERS, { minLength: 1 })
  .map((some) => some.map((letter) => `us-east-1${letter}`));

/** Every subnet of a VPC by its key `tier/zone`, planned in the order given. */
function plan(range: Cidr, tiers: readonly Tier[], names: readonly string[]): ReadonlyMap<string, Cidr> {
  const subnets = new Map<string, Cidr>();
  for (const tier of tiers) {
    for (const zone of names) {
      const subnet = subnetRange(range, tier, zone);
      if (subnet) subnets.set(`${tier}/${zone}`, subnet);
    }
  }
  return subnets;
}

test("subnets lie in the VPC, never overlap, and are /28 or larger", () => {
  fc.assert(
    fc.property(vpcRange, zones, (range, names) => {
      const subnets = [...plan(range, TIERS, names).values()];
      subnets.forEach((subnet, index) => {
        expect(contains(range, subnet)).toBe(true);
        expect(subnet.prefix).toBeLessThanOrEqual(28);
        expect(parseCidr(formatCidr(subnet))).toEqual(subnet);
        for (const other of subnets.slice(index + 1)) expect(overlaps(subnet, other)).toBe(false);
      });
    }),
  );
});

test("a subnet's range does not depend on the other zones, the tiers or any order", () => {
  fc.assert(
    fc.property(
      vpcRange,
      zones,
      zones,
      fc.shuffledSubarray([...TIERS], { minLength: 1 }),
      (range, before, after, tiers) => {
        const grown = plan(range, TIERS, [...after, ...before]);
        for (const [key, subnet] of plan(range, tiers, before)) expect(grown.get(key)).toEqual(subnet);
      },
    ),
  );
});

test("every zone a to h has a slot in a /16 to /23, and a to d in a /24", () => {
  fc.assert(
    fc.property(vpcRange, (range) => {
      const withSlot = LETTERS.filter((letter) =>
        TIERS.every((tier) => subnetRange(range, tier, `us-east-1${letter}`) !== undefined),
      );
      expect(withSlot.join("")).toBe(range.prefix === 24 ? "abcd" : "abcdefgh");
    }),
  );
});

test("private subnets get half of the range, and more than any other tier", () => {
  fc.assert(
    fc.property(vpcRange, (range) => {
      const [publicSize, privateSize, isolatedSize] = TIERS.map(
        (tier) => subnetRange(range, tier, "us-east-1a")?.prefix ?? 0,
      );
      expect(privateSize).toBeLessThan(publicSize ?? 0);
      expect(publicSize).toBeLessThanOrEqual(isolatedSize ?? 0);
    }),
  );
});

/** The table of slots is a promise: a change here replaces the subnets of every VPC that stands. */
test.each([
  [
    "10.0.0.0/16",
    ["10.0.128.0/21", "10.0.0.0/20", "10.0.192.0/22"],
    ["10.0.184.0/21", "10.0.112.0/20", "10.0.220.0/22"],
  ],
  [
    "10.0.0.0/17",
    ["10.0.64.0/22", "10.0.0.0/21", "10.0.96.0/23"],
    ["10.0.92.0/22", "10.0.56.0/21", "10.0.110.0/23"],
  ],
  [
    "10.0.0.0/18",
    ["10.0.32.0/23", "10.0.0.0/22", "10.0.48.0/24"],
    ["10.0.46.0/23", "10.0.28.0/22", "10.0.55.0/24"],
  ],
  [
    "10.0.0.0/19",
    ["10.0.16.0/24", "10.0.0.0/23", "10.0.24.0/25"],
    ["10.0.23.0/24", "10.0.14.0/23", "10.0.27.128/25"],
  ],
  [
    "10.0.0.0/20",
    ["10.0.8.0/25", "10.0.0.0/24", "10.0.12.0/26"],
    ["10.0.11.128/25", "10.0.7.0/24", "10.0.13.192/26"],
  ],
  [
    "10.0.0.0/21",
    ["10.0.4.0/26", "10.0.0.0/25", "10.0.6.0/27"],
    ["10.0.5.192/26", "10.0.3.128/25", "10.0.6.224/27"],
  ],
  [
    "10.0.0.0/22",
    ["10.0.2.0/27", "10.0.0.0/26", "10.0.3.0/28"],
    ["10.0.2.224/27", "10.0.1.192/26", "10.0.3.112/28"],
  ],
  [
    "10.0.0.0/23",
    ["10.0.1.0/28", "10.0.0.0/27", "10.0.1.128/28"],
    ["10.0.1.112/28", "10.0.0.224/27", "10.0.1.240/28"],
  ],
])("the slots of %s are fixed: public, private, isolated of zones a and h", (vpc, first, last) => {
  const range = parseCidr(vpc) ?? { first: 0, prefix: 0 };
  const of = (zone: string) =>
    TIERS.map((tier) => subnetRange(range, tier, zone)).map((slot) => slot && formatCidr(slot));
  expect(of("us-east-1a")).toEqual(first);
  expect(of("us-east-1h")).toEqual(last);
});

test("the slots of a /24 are fixed, up to zone d", () => {
  const range = { first: 10 * 2 ** 24, prefix: 24 };
  const of = (zone: string) =>
    TIERS.map((tier) => subnetRange(range, tier, zone)).map((slot) => slot && formatCidr(slot));
  expect(of("us-east-1a")).toEqual(["10.0.0.128/28", "10.0.0.0/27", "10.0.0.192/28"]);
  expect(of("us-east-1d")).toEqual(["10.0.0.176/28", "10.0.0.96/27", "10.0.0.240/28"]);
});

test("a range that cannot be planned has no slots", () => {
  for (const prefix of [8, 15, 25, 28]) {
    expect(subnetRange({ first: 0, prefix }, "private", "us-east-1a")).toBeUndefined();
  }
});

test("IPv6 slots are all different, below 256, and the same whatever else there is", () => {
  const all = TIERS.flatMap((tier) => LETTERS.map((letter) => ipv6Slot(tier, `us-east-1${letter}`)));
  expect(all).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
  expect(new Set(all).size).toBe(all.length);
  expect(ipv6Slot("private", "us-east-1x")).toBeUndefined();
});

test("a zone without a slot is a fault that names the zone, the slots and a range that has one", () => {
  expect(slotFaults("10.0.1.0/24", ["us-east-1a", "us-east-1d"])).toEqual([]);
  expect(slotFaults("10.0.0.0/23", ["us-east-1h"])).toEqual([]);
  expect(slotFaults("10.0.1.0/24", ["us-east-1a", "us-east-1e"])).toEqual([
    {
      what: "VPC range 10.0.1.0/24 is too small for us-east-1e: a /24 has slots for the zones a to d",
      instead: "use a /23 or larger, e.g. 10.0.0.0/23",
    },
  ]);
});
