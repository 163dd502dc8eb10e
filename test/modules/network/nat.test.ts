import { Vpc, type VpcProps } from "@groundplan/modules/network";
import { synthesized, VALID, vpcWith } from "./synthesized";

const ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"];

/** The zone of the gateway that each zone's private subnet goes through. */
function exits(change: Partial<VpcProps>): Record<string, string | undefined> {
  const stack = vpcWith({ availabilityZones: ZONES, ...change });
  const gateways = stack.paths("aws_nat_gateway").map((path) => {
    const zone = path.split("/")[2];
    return [`\${${stack.address("aws_nat_gateway", path)}.id}`, zone] as const;
  });
  const zoneOf = new Map<unknown, string | undefined>(gateways);
  const routes = Object.entries(stack.all("aws_route")).filter(([path]) => path.startsWith("vpc/private/"));
  return Object.fromEntries(
    routes.map(([path, args]) => [path.split("/")[2], zoneOf.get(args.nat_gateway_id)]),
  );
}

test("a single gateway serves every zone", () => {
  expect(exits({ nat: "single" })).toEqual({
    "us-east-1a": "us-east-1a",
    "us-east-1b": "us-east-1a",
    "us-east-1c": "us-east-1a",
  });
});

test("with one a zone, each serves its own", () => {
  expect(exits({ nat: "per-az" })).toEqual({
    "us-east-1a": "us-east-1a",
    "us-east-1b": "us-east-1b",
    "us-east-1c": "us-east-1c",
  });
});

test("the single gateway stands in the zone that is named", () => {
  expect(new Set(Object.values(exits({ nat: "single", natZone: "us-east-1c" })))).toEqual(
    new Set(["us-east-1c"]),
  );
});

test("without gateways private subnets have no default route", () => {
  expect(exits({ nat: "none" })).toEqual({});
  expect(vpcWith({ nat: "none" }).paths("aws_eip")).toEqual([]);
});

test("a gateway has an Elastic IP, stands in its zone's public subnet and waits for the internet gateway", () => {
  const stack = vpcWith({ nat: "single" });
  const at = "vpc/nat/us-east-1a";
  const internet = stack.address("aws_internet_gateway", "vpc/internet-gateway");
  expect(stack.one("aws_eip", `${at}/address`)).toEqual({
    domain: "vpc",
    depends_on: [internet],
    tags: { Name: "dev-nat-us-east-1a" },
  });
  expect(stack.one("aws_nat_gateway", `${at}/gateway`)).toEqual({
    subnet_id: `\${${stack.address("aws_subnet", "vpc/public/us-east-1a/subnet")}.id}`,
    allocation_id: `\${${stack.address("aws_eip", `${at}/address`)}.id}`,
    depends_on: [internet],
    tags: { Name: "dev-nat-us-east-1a" },
  });
});

test("going from one gateway to one a zone leaves the first and its address where they are", () => {
  const single = vpcWith({ availabilityZones: ZONES, nat: "single" }).byAddress();
  const perZone = vpcWith({ availabilityZones: ZONES, nat: "per-az" }).byAddress();
  for (const [address, args] of single) {
    // The other zones' routes turn to their own gateway, in place.
    if (/^aws_route\.vpc_private_us-east-1[bc]/.test(address)) expect(perZone.has(address)).toBe(true);
    else expect(perZone.get(address)).toEqual(args);
  }
  expect(perZone.size - single.size).toBe(4);
});

test("a gateway takes an Elastic IP of one's own, and the other zones get theirs", () => {
  const own = "eipalloc-0123456789abcdef0";
  const change = { nat: "per-az", natAllocationIds: { "us-east-1b": own } } as const;
  const addresses: string[] = [];
  const stack = synthesized((scope) => {
    addresses.push(...new Vpc(scope, "vpc", { ...VALID, ...change }).natPublicIps);
  });
  expect(stack.paths("aws_eip")).toEqual(["vpc/nat/us-east-1a/address"]);
  expect(stack.one("aws_nat_gateway", "vpc/nat/us-east-1b/gateway").allocation_id).toBe(own);
  expect(addresses).toHaveLength(2);
  // The planted twin: without the setting each has an address made here.
  const made = vpcWith({ nat: "per-az" });
  expect(made.paths("aws_eip")).toHaveLength(2);
  expect(made.one("aws_nat_gateway", "vpc/nat/us-east-1b/gateway").allocation_id).not.toBe(own);
});
