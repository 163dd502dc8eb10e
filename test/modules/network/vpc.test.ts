import { Vpc } from "@groundplan/modules/network";
import fc from "fast-check";
import { synthesized, VALID, vpcWith } from "./synthesized";

const TIERS = ["public", "private", "isolated"] as const;

test("DNS is on, and the VPC has a name", () => {
  expect(vpcWith().one("aws_vpc")).toEqual({
    cidr_block: "10.0.0.0/16",
    enable_dns_hostnames: true,
    enable_dns_support: true,
    tags: { Name: "dev" },
  });
});

test("the default security group is taken over without a rule; ACLs and the main route table are left", () => {
  const stack = vpcWith();
  const group = stack.one("aws_default_security_group");
  expect(Object.keys(group).sort()).toEqual(["tags", "vpc_id"]);
  for (const type of ["aws_default_network_acl", "aws_network_acl", "aws_default_route_table"]) {
    expect(stack.paths(type)).toEqual([]);
  }
});

test("subnets are keyed by tier and zone, and read in the order of the zones", () => {
  const availabilityZones = ["us-east-1c", "us-east-1a"];
  const stack = synthesized((scope) => {
    const vpc = new Vpc(scope, "vpc", { ...VALID, availabilityZones, tiers: TIERS });
    for (const tier of TIERS) {
      expect(vpc.subnets(tier).map((subnet) => subnet.availabilityZone)).toEqual(availabilityZones);
    }
    expect(vpc.privateSubnets.map((subnet) => subnet.cidr)).toEqual(["10.0.32.0/20", "10.0.0.0/20"]);
    expect(vpc.publicSubnets.map((subnet) => subnet.node.path)).toEqual([
      "dev-network/vpc/public/us-east-1c",
      "dev-network/vpc/public/us-east-1a",
    ]);
    expect([vpc.region, vpc.cidr, vpc.availabilityZones]).toEqual([
      "us-east-1",
      "10.0.0.0/16",
      availabilityZones,
    ]);
  });
  expect(stack.paths("aws_subnet")).toEqual(
    ["isolated", "private", "public"].flatMap((tier) =>
      ["a", "c"].map((letter) => `vpc/${tier}/us-east-1${letter}/subnet`),
    ),
  );
});

test("public subnets route to the internet gateway, private to NAT, isolated nowhere", () => {
  const stack = vpcWith({ tiers: TIERS, availabilityZones: ["us-east-1a"] });
  const internet = stack.address("aws_internet_gateway", "vpc/internet-gateway");
  const nat = stack.address("aws_nat_gateway", "vpc/nat/us-east-1a/gateway");
  const table = (tier: string) =>
    `\${${stack.address("aws_route_table", `vpc/${tier}/us-east-1a/route-table`)}.id}`;
  expect(stack.all("aws_route")).toEqual({
    "vpc/public/us-east-1a/internet": {
      route_table_id: table("public"),
      destination_cidr_block: "0.0.0.0/0",
      gateway_id: `\${${internet}.id}`,
    },
    "vpc/private/us-east-1a/internet": {
      route_table_id: table("private"),
      destination_cidr_block: "0.0.0.0/0",
      nat_gateway_id: `\${${nat}.id}`,
    },
  });
});

test("with IPv6 public subnets route to the internet gateway, private out only, isolated nowhere", () => {
  const stack = vpcWith({ ipv6: true, tiers: TIERS, availabilityZones: ["us-east-1a"] });
  expect(stack.one("aws_vpc").assign_generated_ipv6_cidr_block).toBe(true);
  const ipv6 = Object.entries(stack.all("aws_route")).filter(
    ([, args]) => "destination_ipv6_cidr_block" in args,
  );
  const internet = stack.address("aws_internet_gateway", "vpc/internet-gateway");
  const out = stack.address("aws_egress_only_internet_gateway", "vpc/egress-only-internet-gateway");
  expect(Object.fromEntries(ipv6)).toEqual({
    "vpc/public/us-east-1a/internet-ipv6": expect.objectContaining({
      destination_ipv6_cidr_block: "::/0",
      gateway_id: `\${${internet}.id}`,
    }),
    "vpc/private/us-east-1a/internet-ipv6": expect.objectContaining({
      destination_ipv6_cidr_block: "::/0",
      egress_only_gateway_id: `\${${out}.id}`,
    }),
  });
  expect(vpcWith().paths("aws_egress_only_internet_gateway")).toEqual([]);
});

test("a VPC without public subnets has no internet gateway and no way out", () => {
  const stack = vpcWith({ tiers: ["private", "isolated"] });
  for (const type of ["aws_internet_gateway", "aws_nat_gateway", "aws_route"])
    expect(stack.paths(type)).toEqual([]);
});

test("everything that takes tags has a name that a person recognises", () => {
  const interfaceEndpoints = ["ecr.api"];
  const stacks = [
    vpcWith({ ipv6: true, tiers: TIERS, nat: "per-az", interfaceEndpoints, flowLogs: { encryption: "own" } }),
    vpcWith({ flowLogs: { destination: "s3", encryption: "own" } }),
  ];
  const untaggable =
    /^(aws_route|aws_route_table_association|aws_iam_role_policy|aws_kms_alias|aws_s3_bucket_\w+|aws_caller_identity)\./;
  for (const stack of stacks) {
    for (const [address, args] of stack.byAddress()) {
      if (untaggable.test(address)) continue;
      expect([address, args.tags]).toEqual([
        address,
        expect.objectContaining({ Name: expect.stringMatching(/dev/) }),
      ]);
    }
  }
});

test("zones that are added or reordered change nothing that stands", () => {
  const zone = (letter: string) => `us-east-1${letter}`;
  const letters = fc.shuffledSubarray([..."abcdef"], { minLength: 1 });
  const property = fc.property(letters, fc.infiniteStream(fc.nat()), (after, random) => {
    const before = after.filter((_, index) => index === 0 || (random.next().value ?? 0) % 2 === 0);
    const earliest = zone([...before].sort()[0] ?? "a");
    // The gateway's zone is named, since a zone with an earlier letter may join.
    const fixed = { tiers: TIERS, ipv6: true, natZone: earliest, interfaceEndpoints: ["sts"] };
    const old = vpcWith({ ...fixed, availabilityZones: before.reverse().map(zone) }).byAddress();
    const grown = vpcWith({ ...fixed, availabilityZones: after.map(zone) }).byAddress();
    for (const [address, args] of old) {
      // Endpoints spread over the zones: their lists of subnets and route tables grow, in place.
      const { route_table_ids: _, subnet_ids: __, ...rest } = grown.get(address) ?? {};
      const { route_table_ids: ___, subnet_ids: ____, ...stood } = args;
      expect([address, rest]).toEqual([address, stood]);
    }
  });
  fc.assert(property, { numRuns: 25 });
});
