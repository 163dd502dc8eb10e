import { Vpc as AwsVpc } from "@cdktf/provider-aws/lib/vpc";
import { SynthError } from "@groundplan/modules/core";
import { Subnet, type Tier } from "@groundplan/modules/network";
import { synthesized } from "./synthesized";

function subnet(tier: Tier, change: { zone?: string; cidr?: string; ipv6?: boolean } = {}) {
  const { zone = "us-east-1b", cidr = "10.0.0.0/16", ipv6 = false } = change;
  return synthesized((scope) => {
    const vpc = new AwsVpc(scope, "vpc", { cidrBlock: cidr });
    new Subnet(scope, tier, zone, { name: "dev", cidr, ipv6, vpc });
  });
}

test.each<[Tier, string, Record<string, string>]>([
  ["public", "10.0.136.0/21", { "kubernetes.io/role/elb": "1" }],
  ["private", "10.0.16.0/20", { "kubernetes.io/role/internal-elb": "1" }],
  ["isolated", "10.0.196.0/22", {}],
])("a %s subnet lies at its slot, and has a name and a role", (tier, cidrBlock, role) => {
  const stack = subnet(tier);
  expect(stack.all("aws_subnet")).toEqual({
    [`${tier}/us-east-1b/subnet`]: {
      vpc_id: `\${${stack.address("aws_vpc", "vpc")}.id}`,
      availability_zone: "us-east-1b",
      cidr_block: cidrBlock,
      map_public_ip_on_launch: false,
      tags: { Name: `dev-${tier}-us-east-1b`, Tier: tier, ...role },
    },
  });
});

test("a subnet has a route table of its own", () => {
  const stack = subnet("private");
  const at = "private/us-east-1b";
  expect(stack.one("aws_route_table", `${at}/route-table`).tags).toEqual({
    Name: "dev-private-us-east-1b",
  });
  expect(stack.one("aws_route_table_association")).toEqual({
    subnet_id: `\${${stack.address("aws_subnet", `${at}/subnet`)}.id}`,
    route_table_id: `\${${stack.address("aws_route_table", `${at}/route-table`)}.id}`,
  });
});

test("with IPv6 a subnet has its fixed /64 of the VPC's /56", () => {
  const slots = (["private", "public", "isolated"] as const).map((tier) =>
    String(subnet(tier, { ipv6: true }).one("aws_subnet").ipv6_cidr_block).replace(/\$\{(.*)\}/, "$1"),
  );
  expect(slots).toEqual([
    "cidrsubnet(aws_vpc.vpc.ipv6_cidr_block, 8, 1)",
    "cidrsubnet(aws_vpc.vpc.ipv6_cidr_block, 8, 9)",
    "cidrsubnet(aws_vpc.vpc.ipv6_cidr_block, 8, 17)",
  ]);
  expect(subnet("private", { ipv6: true }).one("aws_subnet").assign_ipv6_address_on_creation).toBe(true);
});

test("a zone without a slot is refused at the subnet's own path", () => {
  const wrong = () => subnet("private", { zone: "us-east-1e", cidr: "10.0.0.0/24" });
  expect(wrong).toThrow(SynthError);
  expect(wrong).toThrow(
    "VPC range 10.0.0.0/24 has no private slot for us-east-1e\n" +
      "  at dev-network/private/us-east-1e\n  use a /23 or larger, e.g. 10.0.0.0/16",
  );
});
