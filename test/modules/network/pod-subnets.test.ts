import { SynthError } from "@groundplan/modules/core";
import type { VpcProps } from "@groundplan/modules/network";
import { vpcWith } from "./synthesized";

const faultsOf = (change: Partial<VpcProps>): string => {
  try {
    vpcWith(change);
    return "";
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
};

describe("a second range for pods", () => {
  const availabilityZones = ["us-east-1c", "us-east-1a"];
  const stack = vpcWith({ availabilityZones, podCidr: "100.64.0.0/16" });
  const table = (zone: string) =>
    `\${${stack.address("aws_route_table", `vpc/private/${zone}/route-table`)}.id}`;

  test("has a subnet of each zone, made once the VPC has the range", () => {
    const range = stack.address("aws_vpc_ipv4_cidr_block_association", "vpc/pods/range");
    expect(stack.one("aws_subnet", "vpc/pods/us-east-1c/subnet")).toMatchObject({
      vpc_id: `\${${range}.vpc_id}`,
      availability_zone: "us-east-1c",
      cidr_block: "100.64.64.0/19",
      map_public_ip_on_launch: false,
      tags: { Name: "dev-pods-us-east-1c", Tier: "pods" },
    });
  });

  test("leaves by the private subnet of its zone, and has no role of a load balancer", () => {
    for (const zone of availabilityZones) {
      const association = stack.one(
        "aws_route_table_association",
        `vpc/pods/${zone}/route-table-association`,
      );
      expect(association.route_table_id).toBe(table(zone));
      expect(Object.keys(stack.one("aws_subnet", `vpc/pods/${zone}/subnet`).tags as object).sort()).toEqual([
        "Name",
        "Tier",
      ]);
    }
  });

  test("changes nothing else of the VPC", () => {
    const before = vpcWith({ availabilityZones }).byAddress();
    const after = stack.byAddress();
    for (const [address, resource] of before) expect(after.get(address)).toEqual(resource);
  });

  test.each<[string, Partial<VpcProps>]>([
    ["podCidr 10.0.0.0/20 meets the VPC's", { podCidr: "10.0.0.0/20" }],
    ["podCidr needs private subnets", { podCidr: "100.64.0.0/16", tiers: ["public"] }],
    ['ipamPoolId is "pool"', { ipamPoolId: "pool" }],
    ['nat "regional" needs AWS provider 6.24.0', { nat: "regional" }],
    [
      'nat "regional" needs AWS provider 6.24.0, and "6.x" takes older ones',
      { nat: "regional", providerVersions: "6.x" },
    ],
  ])("planted fault: %s", (said, change) => {
    expect(faultsOf(change)).toContain(said);
  });
});

test("a range of an IPAM pool is still the one that is written out", () => {
  expect(vpcWith({ ipamPoolId: "ipam-pool-0123456789abcdef0" }).one("aws_vpc")).toMatchObject({
    cidr_block: "10.0.0.0/16",
    ipv4_ipam_pool_id: "ipam-pool-0123456789abcdef0",
  });
  expect(vpcWith().one("aws_vpc")).not.toHaveProperty("ipv4_ipam_pool_id");
});

test("a NAT gateway of the Region stands in no subnet, and every private subnet goes through it", () => {
  const stack = vpcWith({ nat: "regional", providerVersions: "^6.24.0" });
  const gateway = stack.one("aws_nat_gateway");
  expect(gateway).toMatchObject({
    availability_mode: "regional",
    vpc_id: `\${${stack.address("aws_vpc", "vpc/vpc")}.id}`,
  });
  for (const key of ["subnet_id", "allocation_id"]) expect(gateway).not.toHaveProperty(key);
  expect(stack.paths("aws_eip")).toEqual([]);
  const id = `\${${stack.address("aws_nat_gateway", "vpc/nat/regional")}.id}`;
  const routes = Object.entries(stack.all("aws_route")).filter(([path]) => path.includes("/private/"));
  expect(routes.length).toBeGreaterThan(1);
  for (const [, route] of routes) expect(route.nat_gateway_id).toBe(id);
  // Older providers know no such argument: nothing of it stands there.
  expect(vpcWith().one("aws_nat_gateway", "vpc/nat/us-east-1a/gateway")).not.toHaveProperty(
    "availability_mode",
  );
});
