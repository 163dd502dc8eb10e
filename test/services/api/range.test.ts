import fc from "fast-check";
import { rangeOf } from "../../../services/api/src/range";

test.each([
  ["10.0.3.7", "16", { cidr: "10.0.0.0/16", last: "10.0.255.255", addresses: 65_536, private: true }],
  ["192.168.1.77", "28", { first: "192.168.1.64", netmask: "255.255.255.240", usableInSubnet: 11 }],
  [
    "8.8.8.8",
    "32",
    { cidr: "8.8.8.8/32", first: "8.8.8.8", last: "8.8.8.8", usableInSubnet: 0, private: false },
  ],
  ["1.2.3.4", "0", { cidr: "0.0.0.0/0", last: "255.255.255.255", netmask: "0.0.0.0", private: false }],
  ["172.16.0.0", "11", { private: false }],
])("%s/%s", (address, prefix, expected) => {
  expect(rangeOf(address, prefix)).toMatchObject(expected);
});

test.each([
  ["10.0.0", "16"],
  ["10.0.0.256", "16"],
  ["010.0.0.0", "16"],
  ["10.0.0.0", "33"],
  ["10.0.0.0", ""],
  ["10.0.0.0", "1e1"],
])("%s/%s is refused with an example", (address, prefix) => {
  expect(() => rangeOf(address, prefix)).toThrow(/use e\.g\. /);
});

test("every address of a range leads to the same range", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.tuple(octet, octet, octet, octet), fc.integer({ min: 0, max: 32 }), (octets, prefix) => {
      const range = rangeOf(octets.join("."), String(prefix));
      for (const address of [range.first, range.last])
        expect(rangeOf(address, String(prefix))).toEqual(range);
    }),
  );
});
