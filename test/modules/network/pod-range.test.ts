import { contains, formatCidr, overlaps, parseCidr } from "@groundplan/modules/network/cidr";
import { podRangeFaults, podSubnetRange } from "@groundplan/modules/network/pod-range";

const range = (text: string) => {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

test("each zone has an eighth by its letter, within the range, and none of another's", () => {
  const whole = range("100.64.0.0/16");
  const parts = [..."abcdefgh"].map((letter) => podSubnetRange(whole, `us-east-1${letter}`));
  expect(parts.map((part) => part && formatCidr(part))).toEqual(
    [0, 32, 64, 96, 128, 160, 192, 224].map((third) => `100.64.${third}.0/19`),
  );
  for (const [index, part] of parts.entries()) {
    if (!part) throw new Error("no part");
    expect(contains(whole, part)).toBe(true);
    for (const other of parts.slice(index + 1)) expect(other && overlaps(part, other)).toBe(false);
  }
  expect(podSubnetRange(whole, "us-east-1z")).toBeUndefined();
});

test.each([
  ["100.64.0.0/16", "10.0.0.0/16"],
  ["10.1.0.0/16", "10.0.0.0/16"],
  ["100.64.0.0/16", "192.168.0.0/16"],
  ["203.0.112.0/20", "172.16.0.0/16"],
])("AWS takes %s beside %s", (podCidr, cidr) => {
  expect(podRangeFaults(podCidr, cidr)).toEqual([]);
});

test.each([
  ["10.0.128.0/20", "10.0.0.0/16", "meets the VPC's 10.0.0.0/16"],
  ["192.168.0.0/16", "10.0.0.0/16", "AWS takes in no VPC of 10.0.0.0/8"],
  ["10.0.0.0/16", "100.64.0.0/16", "AWS takes in no VPC of 100.64.0.0/10"],
  // Of a VPC of public addresses AWS takes no private range.
  ["10.0.0.0/16", "203.0.112.0/20", "is of 10.0.0.0/8, which AWS takes in no VPC of public addresses"],
  ["10.0.0.0/20", "10.1.0.0/16", "is of 10.0.0.0/16"],
  ["198.19.0.0/16", "10.0.0.0/16", "is of 198.19.0.0/16"],
  ["100.64.0.0/10", "10.0.0.0/16", "podCidr:"],
  ["pods", "10.0.0.0/16", "podCidr:"],
])("planted fault: %s beside %s", (podCidr, cidr, said) => {
  expect(podRangeFaults(podCidr, cidr).map(({ what }) => what)).toEqual([expect.stringContaining(said)]);
});
