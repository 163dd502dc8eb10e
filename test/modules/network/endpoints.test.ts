import { type Synthesized, vpcWith } from "./synthesized";

function tables(stack: Synthesized, tiers: readonly string[]): readonly string[] {
  return tiers.flatMap((tier) =>
    ["us-east-1a", "us-east-1b"].map(
      (zone) => `\${${stack.address("aws_route_table", `vpc/${tier}/${zone}/route-table`)}.id}`,
    ),
  );
}

test("S3 and DynamoDB have gateway endpoints in every route table, unless told otherwise", () => {
  const stack = vpcWith({ tiers: ["public", "private", "isolated"] });
  expect(stack.paths("aws_vpc_endpoint")).toEqual([
    "vpc/endpoints/gateway/dynamodb",
    "vpc/endpoints/gateway/s3",
  ]);
  expect(stack.one("aws_vpc_endpoint", "vpc/endpoints/gateway/s3")).toEqual({
    vpc_id: `\${${stack.address("aws_vpc", "vpc/vpc")}.id}`,
    service_name: "com.amazonaws.us-east-1.s3",
    vpc_endpoint_type: "Gateway",
    route_table_ids: tables(stack, ["public", "private", "isolated"]),
    tags: { Name: "dev-s3" },
  });
  expect(vpcWith({ gatewayEndpoints: ["s3"] }).paths("aws_vpc_endpoint")).toEqual([
    "vpc/endpoints/gateway/s3",
  ]);
  expect(vpcWith({ gatewayEndpoints: [] }).paths("aws_vpc_endpoint")).toEqual([]);
});

test("without interface endpoints there is no security group for them", () => {
  expect(vpcWith().paths("aws_security_group")).toEqual([]);
});

test("an interface endpoint has an address in every private subnet, and the service's name", () => {
  const stack = vpcWith({ interfaceEndpoints: ["ecr.api"], tiers: ["public", "private", "isolated"] });
  const subnet = (zone: string) => `\${${stack.address("aws_subnet", `vpc/private/${zone}/subnet`)}.id}`;
  expect(stack.one("aws_vpc_endpoint", "vpc/endpoints/interface/ecr.api")).toEqual({
    vpc_id: `\${${stack.address("aws_vpc", "vpc/vpc")}.id}`,
    service_name: "com.amazonaws.us-east-1.ecr.api",
    vpc_endpoint_type: "Interface",
    subnet_ids: [subnet("us-east-1a"), subnet("us-east-1b")],
    security_group_ids: [`\${${stack.address("aws_security_group", "vpc/endpoints/security-group")}.id}`],
    private_dns_enabled: true,
    tags: { Name: "dev-ecr.api-interface" },
  });
});

test("without private subnets the isolated ones hold the interface endpoints", () => {
  const stack = vpcWith({
    interfaceEndpoints: ["sts"],
    tiers: ["isolated"],
    availabilityZones: ["us-east-1a"],
  });
  expect(stack.one("aws_vpc_endpoint", "vpc/endpoints/interface/sts").subnet_ids).toEqual([
    `\${${stack.address("aws_subnet", "vpc/isolated/us-east-1a/subnet")}.id}`,
  ]);
});

test("the endpoints' security group lets in HTTPS from the VPC, and nothing else in or out", () => {
  const stack = vpcWith({ interfaceEndpoints: ["sts"] });
  const group = stack.one("aws_security_group");
  expect(Object.keys(group).sort()).toEqual(["description", "lifecycle", "name", "tags", "vpc_id"]);
  expect(stack.paths("aws_vpc_security_group_egress_rule")).toEqual([]);
  expect(stack.one("aws_vpc_security_group_ingress_rule")).toEqual({
    security_group_id: `\${${stack.address("aws_security_group", "vpc/endpoints/security-group")}.id}`,
    description: "HTTPS from within the VPC",
    cidr_ipv4: `\${${stack.address("aws_vpc", "vpc/vpc")}.cidr_block}`,
    ip_protocol: "tcp",
    from_port: 443,
    to_port: 443,
    tags: { Name: "dev-endpoints-https" },
  });
});

test("S3 can have both kinds, and the gateway keeps the name", () => {
  const stack = vpcWith({ interfaceEndpoints: ["s3"] });
  expect(stack.one("aws_vpc_endpoint", "vpc/endpoints/interface/s3").private_dns_enabled).toBe(false);
  expect(stack.paths("aws_vpc_endpoint")).toContain("vpc/endpoints/gateway/s3");
});
