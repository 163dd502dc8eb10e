import {
  amiName,
  isImageName,
  isRegion,
  nameParts,
  requireVersion,
  versionOf,
} from "../../../../cli/artifact/ami/names";

const SHA = "0123456789abcdef0123456789abcdef01234567";

test("names are those of the seed: of a commit with its day, of a tag with its version", () => {
  const time = new Date("2026-11-30T23:59:59Z");
  expect(amiName("vxlan-graviton", { time, sha: SHA })).toBe("vxlan-graviton-dev-20261130-0123456");
  expect(amiName("vxlan-graviton", { version: "1.2.0" })).toBe("vxlan-graviton-1.2.0");
});

test.each([
  ["v1.2.0", "1.2.0"],
  ["1.2.0", "1.2.0"],
  ["refs/tags/v1.2.0-rc.1", "1.2.0-rc.1"],
])("tag %s is version %s", (tag, version) => expect(versionOf(tag)).toBe(version));

test.each([
  "",
  "v",
  "1.2",
  "v1.2.0.0",
  "vv1.2.0",
  "v01.2.0",
  "1.2.0+build",
  " 1.2.0",
  "latest",
  "v1.2.0\n",
  `1.0.0-${"a".repeat(99)}`,
])("tag %j is no version", (tag) => {
  expect(versionOf(tag)).toBeUndefined();
  expect(() => requireVersion(tag)).toThrow(/is not a version\n {2}use three numbers, e\.g\. v1\.2\.0/);
});

test("what a name says is read back, and a foreign name says nothing", () => {
  const parts = (name: string) => nameParts("vxlan-graviton", name);
  expect(parts("vxlan-graviton-dev-20261130-0123456")).toEqual({
    channel: "dev",
    version: "dev-20261130-0123456",
  });
  expect(parts("vxlan-graviton-1.2.0-rc.1")).toEqual({ channel: "release", version: "1.2.0-rc.1" });
  for (const name of [
    "vxlan-graviton",
    "vxlan-graviton-",
    "vxlan-graviton-dev-1",
    "vxlan-gravitonx-1.2.0",
    "other-1.2.0",
  ])
    expect(parts(name)).toBeUndefined();
});

test("names of images and Regions", () => {
  expect(["vxlan-graviton", "abc"].map(isImageName)).toEqual([true, true]);
  expect(["", "-a", "A", "a b", "a-dev-b", "x".repeat(63), "a-", "ab$(id)"].some(isImageName)).toBe(false);
  expect(["us-east-1", "us-gov-west-1", "ap-southeast-5"].every(isRegion)).toBe(true);
  expect(["us-east", "us-east-1a", "US-EAST-1", "", "us_east_1", "us-east-1 "].some(isRegion)).toBe(false);
});
