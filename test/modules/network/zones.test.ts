import { byLetter, regionOf, zoneFaults, zoneSlot } from "@groundplan/modules/network/zones";

test("a zone's slot is its letter", () => {
  const letters = [..."abcdefgh"];
  expect(letters.map((letter) => zoneSlot(`us-east-1${letter}`))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(zoneSlot("us-gov-west-1b")).toBe(1);
  expect(regionOf("ap-southeast-2c")).toBe("ap-southeast-2");
});

test.each(["us-east-1", "us-east-1i", "use1-az1", "us-east-1-bos-1a", "us-east-1-wl1-bos-wlz-1", "a", ""])(
  "%j has no slot",
  (zone) => expect(zoneSlot(zone)).toBeUndefined(),
);

test("zones are sorted by letter, and the list given stays as it is", () => {
  const zones = ["us-east-1c", "us-east-1a"];
  expect(byLetter(zones)).toEqual(["us-east-1a", "us-east-1c"]);
  expect(zones).toEqual(["us-east-1c", "us-east-1a"]);
});

test("eight zones of one Region pass, in any order", () => {
  expect(zoneFaults([..."hgfedcba"].map((letter) => `us-east-1${letter}`))).toEqual([]);
});

test.each<[readonly string[], string, string]>([
  [[], "the VPC has no availability zones", 'use one or more, e.g. ["us-east-1a", "us-east-1b"]'],
  [["us-east-1a", "us-east-1a"], "availability zone us-east-1a is listed twice", "list it once"],
  [
    ["us-east-1a", "us-east-1j"],
    "availability zone us-east-1j has no slot: a VPC has slots for the letters a to h",
    'use e.g. "us-east-1a"',
  ],
  [
    ["use1-az1"],
    '"use1-az1" is not the name of an availability zone of a Region',
    'use e.g. "us-east-1a"; zone ids, Local Zones and Wavelength Zones are not planned',
  ],
  [
    ["us-east-1a", "eu-west-1b"],
    "availability zones of 2 Regions: us-east-1, eu-west-1",
    'use zones of one Region, e.g. "us-east-1a"; a VPC lies in one',
  ],
])("%j is refused", (zones, what, instead) => {
  expect(zoneFaults(zones)).toEqual([{ what, instead }]);
});

test("all faults of one list are told at once", () => {
  expect(zoneFaults(["us-east-1a", "us-east-1a", "x", "eu-west-1a"])).toHaveLength(3);
});
