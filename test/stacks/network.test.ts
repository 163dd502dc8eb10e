import { NETWORK } from "@groundplan/modules/network";
import { TerraformStack, Testing } from "cdktf";
import type { EnvironmentOverlay } from "../../overlays/environment";
import { NetworkStack } from "../../stacks/network";
import { Synthesized } from "../modules/network/synthesized";
import { defineEnvironment, environments, platform } from "../platform";

/** The network stack of an environment, and what it synthesizes to. */
function network(environment: (typeof environments)[number]): { stack: NetworkStack; made: Synthesized } {
  const stack = new NetworkStack(Testing.app(), { platform, environment });
  return { stack, made: new Synthesized(stack) };
}

function overlay(change: Partial<EnvironmentOverlay["network"]>): (typeof environments)[number] {
  return defineEnvironment({
    name: "test",
    account: "123456789012",
    network: { cidr: "10.9.0.0/16", ...change },
  });
}

test.each(environments)("the network of $name is what its overlay says", (environment) => {
  const { stack, made } = network(environment);
  expect(stack.node.id).toBe(`${environment.name}-network`);
  expect(made.one("aws_vpc").cidr_block).toBe(environment.network.cidr);
  expect(made.paths("aws_subnet")).toHaveLength(2 * environment.network.availabilityZones.length);
  expect(made.paths("aws_nat_gateway")).toHaveLength(
    { none: 0, single: 1, regional: 1, "per-az": environment.network.availabilityZones.length }[
      environment.network.nat
    ],
  );
  expect(made.one("aws_cloudwatch_log_group").retention_in_days).toBe(
    environment.network.flowLogs.retentionDays,
  );
});

test("the values of the environments: one gateway in dev and staging, one a zone in prod; logs 14, 30 and 90 days", () => {
  const found = environments.map((environment) => {
    const { made } = network(environment);
    const days = made.one("aws_cloudwatch_log_group").retention_in_days;
    return [environment.name, made.one("aws_vpc").cidr_block, made.paths("aws_nat_gateway").length, days];
  });
  expect(found).toEqual([
    ["dev", "10.0.0.0/16", 1, 14],
    ["staging", "10.1.0.0/16", 1, 30],
    ["prod", "10.2.0.0/16", 3, 90],
  ]);
});

test("every setting of an overlay reaches the VPC", () => {
  const { made } = network(
    overlay({
      nat: "none",
      isolatedSubnets: true,
      ipv6: true,
      interfaceEndpoints: ["sts"],
      flowLogs: { destination: "s3", retentionDays: 7, encrypted: true },
    }),
  );
  expect(made.paths("aws_nat_gateway")).toEqual([]);
  expect(made.paths("aws_subnet").filter((path) => path.includes("/isolated/"))).toHaveLength(3);
  expect(made.paths("aws_egress_only_internet_gateway")).toHaveLength(1);
  expect(made.paths("aws_vpc_endpoint")).toContain("vpc/endpoints/interface/sts");
  expect(made.one("aws_flow_log").log_destination_type).toBe("s3");
  expect(made.paths("aws_kms_key")).toHaveLength(1);
});

test("an overlay's own addresses reach the gateways", () => {
  const own = { "us-east-1a": "eipalloc-0123456789abcdef0" };
  const { made } = network(overlay({ natAllocationIds: own }));
  expect(made.paths("aws_eip")).toEqual([]);
  expect(made.one("aws_nat_gateway").allocation_id).toBe(own["us-east-1a"]);
});

test("flow logs can be off, and are not encrypted with an own key unless asked for", () => {
  const off = overlay({ flowLogs: { destination: "none", retentionDays: 30, encrypted: false } });
  expect(network(off).made.paths("aws_flow_log")).toEqual([]);
  expect(network(overlay({})).made.paths("aws_kms_key")).toEqual([]);
});

test("the stack publishes its contract, lists in the order of the zones' letters", () => {
  const environment = overlay({
    availabilityZones: ["us-east-1b", "us-east-1a"],
    isolatedSubnets: true,
    interfaceEndpoints: ["sts"],
  });
  const { stack, made } = network(environment);
  const parameter = made.one("aws_ssm_parameter");
  expect(parameter.name).toBe("/groundplan/test/network");
  const text = String(parameter.insecure_value);
  for (const key of Object.keys(NETWORK.shape)) expect(text).toContain(`"${key}"`);
  const positions = ["us-east-1a", "us-east-1b"].map((zone) =>
    text.indexOf(made.address("aws_subnet", `vpc/private/${zone}/subnet`)),
  );
  expect(positions[0]).toBeGreaterThan(0);
  expect(positions[1]).toBeGreaterThan(positions[0] ?? 0);
  expect(stack.vpc.natPublicIps).toHaveLength(1);
});

test("zones in another order synthesize to the same, byte by byte", () => {
  const synthesized = (availabilityZones: readonly string[]) =>
    Testing.synth(new NetworkStack(Testing.app(), { platform, environment: overlay({ availabilityZones }) }));
  const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];

  expect(synthesized([...zones].reverse())).toBe(synthesized(zones));
  expect(synthesized(["us-east-1a", "us-east-1b", "us-east-1d"])).not.toBe(synthesized(zones));
});

test("a wrong overlay fails at the VPC's path", () => {
  const wrong = overlay({ cidr: "10.9.0.0/24", availabilityZones: ["us-east-1f"] });
  expect(() => network(wrong)).toThrow(
    "VPC range 10.9.0.0/24 is too small for us-east-1f: a /24 has slots for the zones a to d\n" +
      "  at test-network/vpc\n  use a /23 or larger, e.g. 10.9.0.0/23",
  );
});

test("another stack is not needed to make it", () => {
  expect(TerraformStack.isStack(network(overlay({})).stack)).toBe(true);
  expect(network(overlay({})).stack.dependencies).toEqual([]);
});
