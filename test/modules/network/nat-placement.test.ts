import { defaultNat, type NatStrategy, natFaults, natZones } from "@groundplan/modules/network/nat-placement";
import { Token } from "cdktf";

const zones = ["us-east-1c", "us-east-1a", "us-east-1b"];
const connected = ["public", "private"] as const;

test("a single gateway stands in the first zone by letter, whatever the order", () => {
  expect(natZones({ availabilityZones: zones, nat: "single" })).toEqual(["us-east-1a"]);
  expect(natZones({ availabilityZones: [...zones].reverse(), nat: "single" })).toEqual(["us-east-1a"]);
});

test("a zone whose letter comes earlier does not move a gateway whose zone is named", () => {
  const before = { availabilityZones: ["us-east-1b", "us-east-1c"], nat: "single" } as const;
  const after = { ...before, availabilityZones: ["us-east-1a", "us-east-1b", "us-east-1c"] };
  expect(natZones(before)).toEqual(["us-east-1b"]);
  expect(natZones(after)).toEqual(["us-east-1a"]);
  expect(natZones({ ...after, natZone: "us-east-1b" })).toEqual(["us-east-1b"]);
});

test("one a zone is in every zone, by letter; none is nowhere", () => {
  expect(natZones({ availabilityZones: zones, nat: "per-az" })).toEqual([
    "us-east-1a",
    "us-east-1b",
    "us-east-1c",
  ]);
  expect(natZones({ availabilityZones: zones, nat: "none" })).toEqual([]);
});

test("the default is one gateway where there is something to connect", () => {
  expect(defaultNat(["private", "public"])).toBe("single");
  expect(defaultNat(["private", "isolated"])).toBe("none");
  expect(defaultNat(["public"])).toBe("none");
});

test("every placement of a VPC with public and private subnets passes", () => {
  for (const nat of ["none", "single", "per-az"] as const) {
    expect(natFaults({ availabilityZones: zones, nat }, connected)).toEqual([]);
  }
  expect(natFaults({ availabilityZones: zones, nat: "single", natZone: "us-east-1c" }, connected)).toEqual(
    [],
  );
});

test("a gateway needs public subnets to stand in and private ones to serve", () => {
  expect(natFaults({ availabilityZones: zones, nat: "per-az" }, ["private"])).toEqual([
    {
      what: 'nat "per-az" needs public subnets, and the VPC has none',
      instead: 'add "public" to tiers, or use nat "none"',
    },
  ]);
  expect(natFaults({ availabilityZones: zones, nat: "single" }, ["public"])).toEqual([
    {
      what: 'nat "single" serves private subnets, and the VPC has none',
      instead: 'add "private" to tiers, or use nat "none"',
    },
  ]);
  expect(natFaults({ availabilityZones: zones, nat: "none" }, ["isolated"])).toEqual([]);
});

test("a zone for the gateway must be one of the VPC, and means something only with a single one", () => {
  expect(natFaults({ availabilityZones: zones, nat: "single", natZone: "us-east-1f" }, connected)).toEqual([
    {
      what: "natZone us-east-1f is not a zone of the VPC",
      instead: "use one of us-east-1c, us-east-1a, us-east-1b",
    },
  ]);
  expect(natFaults({ availabilityZones: zones, nat: "per-az", natZone: "us-east-1a" }, connected)).toEqual([
    {
      what: 'natZone us-east-1a has no meaning with nat "per-az"',
      instead: 'leave natZone out, or use nat "single"',
    },
  ]);
});

test("a strategy that does not exist is refused, for callers without types", () => {
  const nat = "one-per-az" as "per-az";
  expect(natFaults({ availabilityZones: zones, nat }, connected)).toEqual([
    { what: 'nat is "one-per-az"', instead: 'use "none", "single", "per-az" or "regional"' },
  ]);
});

test("own addresses belong to gateways, one to each, by the ids of AWS", () => {
  const id = "eipalloc-0123456789abcdef0";
  const faults = (natAllocationIds: Record<string, string>, nat: NatStrategy = "per-az") =>
    natFaults({ availabilityZones: zones, nat, natAllocationIds }, connected);
  expect(faults({ "us-east-1a": id, "us-east-1b": "eipalloc-1a2b3c4d" })).toEqual([]);
  expect(faults({ "us-east-1a": Token.asString({ address: "later" }) })).toEqual([]);
  expect(faults({ "us-east-1b": id }, "single")).toEqual([
    {
      what: 'natAllocationIds has us-east-1b, where nat "single" has no gateway',
      instead: "use one of us-east-1a",
    },
  ]);
  expect(faults({ "us-east-1a": id }, "none")).toEqual([
    {
      what: 'natAllocationIds has us-east-1a, where nat "none" has no gateway',
      instead: "leave natAllocationIds out",
    },
  ]);
  expect(faults({ "us-east-1a": "203.0.113.7" })).toEqual([
    {
      what: 'natAllocationIds has "203.0.113.7" for us-east-1a, which is not the id of an Elastic IP',
      instead: 'use e.g. "eipalloc-0123456789abcdef0"',
    },
  ]);
  expect(faults({ "us-east-1a": id, "us-east-1b": id })).toEqual([
    {
      what: `natAllocationIds has ${id} twice: an address serves one gateway`,
      instead: "allocate one for each zone",
    },
  ]);
});
