import {
  AllocateAddressCommand,
  CreateIpamCommand,
  CreateIpamPoolCommand,
  CreateVpcCommand,
  DescribeAddressesCommand,
  EC2Client,
  GetIpamPoolAllocationsCommand,
  ProvisionIpamPoolCidrCommand,
} from "@aws-sdk/client-ec2";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { awsProvider } from "@groundplan/modules/core";
import { HostedZone, Vpc, type VpcProps } from "@groundplan/modules/network";
import { Op, TerraformOutput, TerraformStack, Testing, Token } from "cdktf";
import { type Emulator, startEmulator } from "../../emulator";
import { Deployment } from "./deployment";
import { VALID } from "./synthesized";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(async () => emulator?.stop());

/** A stack of VPCs: each differs from a valid one. */
function stackOf(...changes: readonly Partial<VpcProps>[]): TerraformStack {
  const stack = new TerraformStack(Testing.app(), "network");
  const provider = awsProvider(stack, { region: "us-east-1", account: "123456789012" });
  // Else a call that the emulator does not know would be tried for minutes.
  provider.maxRetries = 2;
  const vpcs = changes.map(
    (change, index) => new Vpc(stack, index === 0 ? "vpc" : `vpc-${index + 1}`, { ...VALID, ...change }),
  );
  const [first] = vpcs;
  new TerraformOutput(stack, "made", {
    value: { vpc: first?.vpcId, subnets: first?.subnets("private").map(({ subnetId }) => subnetId) },
  });
  return stack;
}

/** Looks up what another stack has made: the VPC by its name, its private subnets, and a hosted zone. */
async function lookedUp(
  zones: readonly string[],
  made: { readonly vpc: string; readonly subnets: readonly string[] },
): Promise<void> {
  const stack = new TerraformStack(Testing.app(), "lookup");
  awsProvider(stack, { region: "us-east-1", account: "123456789012" }).maxRetries = 2;
  const zone = new Route53Zone(stack, "zone", { name: "example.com" });
  const vpc = Vpc.fromLookup(stack, "vpc", {
    vpcName: VALID.name,
    availabilityZones: zones,
  });
  const found = HostedZone.fromLookup(stack, "found", { domainName: Token.asString(zone.name) });
  new TerraformOutput(stack, "read", {
    value: { vpc: vpc.vpcId, subnets: vpc.privateSubnetIds, isZone: Op.eq(found.hostedZoneId, zone.zoneId) },
  });
  const deployment = new Deployment(emulator);
  try {
    await deployment.use(stack);
    await deployment.apply();
    expect(JSON.parse(await deployment.output("read"))).toEqual({ ...made, isZone: true });
    await deployment.destroy();
  } finally {
    deployment.remove();
  }
}

/** Deploys, does something with it, and destroys it in any case. */
async function deployed(
  stack: TerraformStack,
  then: (deployment: Deployment) => Promise<void>,
): Promise<void> {
  const deployment = new Deployment(emulator);
  try {
    await deployment.use(stack);
    await deployment.apply();
    await then(deployment);
    await deployment.destroy();
  } finally {
    deployment.remove();
  }
}

function ec2(): EC2Client {
  const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "" } = emulator.environment;
  return new EC2Client({
    endpoint,
    region,
    credentials: { accessKeyId: "groundplan-local", secretAccessKey: "x" },
  });
}

/** Elastic IPs that stand before a VPC does, by zone. */
async function addresses(...zones: readonly string[]): Promise<readonly [string, string][]> {
  const made = zones.map(() => ec2().send(new AllocateAddressCommand({ Domain: "vpc" })));
  return (await Promise.all(made)).map(({ AllocationId = "" }, index) => [zones[index] ?? "", AllocationId]);
}

const ab = ["us-east-1a", "us-east-1b"];
const cab = ["us-east-1c", ...ab];

test("zones that are added or reordered move nothing, and one gateway a zone keeps the first", async () => {
  const bare = {
    name: "bare",
    cidr: "10.1.0.0/16",
    nat: "none",
    gatewayEndpoints: [],
    flowLogs: "none",
  } as const;
  const stack = (change: Partial<VpcProps>) => stackOf(change, { ...bare, ...change, nat: "none" });

  await deployed(stack({ availabilityZones: ab }), async (deployment) => {
    expect(await deployment.plan()).toEqual([]);

    await deployment.use(stack({ availabilityZones: [...ab].reverse() }));
    expect(await deployment.plan()).toEqual([]);

    await deployment.use(stack({ availabilityZones: cab }));
    const grown = await deployment.plan();
    const created = grown.filter(({ actions }) => actions.join() === "create");
    // For each VPC two subnets, two route tables and their associations; and the ways out.
    expect(created).toHaveLength(6 + 2 + (6 + 1));
    for (const { address } of created) expect(address).toMatch(/_us-east-1c_/);
    // What else changes are the gateway endpoints, in place: the new route tables join those that they have.
    const rest = grown.filter((change) => !created.includes(change));
    expect(rest.map(({ address }) => address.replace(/_[0-9A-F]+$/, ""))).toEqual([
      "aws_vpc_endpoint.vpc_endpoints_gateway_dynamodb",
      "aws_vpc_endpoint.vpc_endpoints_gateway_s3",
    ]);
    for (const { actions, before, after } of rest) {
      const { route_table_ids: tables, ...stood } = before ?? {};
      expect([actions, tables]).toEqual([["update"], Array(4).fill(expect.stringMatching(/^rtb-/))]);
      expect(after).toMatchObject(stood);
    }

    await deployment.use(stack({ availabilityZones: ab, nat: "per-az" }));
    const perZone = await deployment.plan();
    expect(
      perZone.map(({ address, actions }) => [address.replace(/_[0-9A-F]+$/, ""), ...actions]).sort(),
    ).toEqual([
      ["aws_eip.vpc_nat_us-east-1b_address", "create"],
      ["aws_nat_gateway.vpc_nat_us-east-1b_gateway", "create"],
      ["aws_route.vpc_private_us-east-1b_internet", "update"],
    ]);

    // The same plan sees what does move: another range replaces every subnet.
    await deployment.use(stack({ availabilityZones: ab, cidr: "10.8.0.0/16" }));
    const moved = (await deployment.plan()).filter(({ actions }) => actions.includes("delete"));
    expect(moved.filter(({ address }) => address.startsWith("aws_subnet."))).toHaveLength(8);
  });
}, 600_000);

test("everything that an environment can turn on: deployed, no second change, destroyed", async () => {
  const everything: Partial<VpcProps> = {
    cidr: "10.0.0.0/24",
    availabilityZones: [..."dcba"].map((letter) => `us-east-1${letter}`),
    tiers: ["public", "private", "isolated"],
    podCidr: "100.64.0.0/16",
    nat: "per-az",
    natAllocationIds: Object.fromEntries(await addresses("us-east-1a", "us-east-1b")),
    interfaceEndpoints: ["ecr.api", "s3"],
    endpointAccess: { account: "123456789012" },
    flowLogs: { encryption: "own", maxAggregationInterval: 60 },
  };
  await deployed(stackOf(everything), async (deployment) => {
    expect(await deployment.plan()).toEqual([]);
    await lookedUp(everything.availabilityZones ?? [], JSON.parse(await deployment.output("made")));

    // Who may pass the endpoints changes where they stand, and the range for pods goes by itself.
    const organization = { endpointAccess: { organization: "o-a1b2c3d4e5" } } as const;
    const { podCidr: _, ...rest } = everything;
    await deployment.use(stackOf({ ...rest, ...organization }));
    const changes = (await deployment.plan()).map(
      ({ address, actions }) => `${actions} ${address.split(".")[0]}`,
    );
    expect([...new Set(changes)].sort()).toEqual([
      "delete aws_route_table_association",
      "delete aws_subnet",
      "delete aws_vpc_ipv4_cidr_block_association",
      "update aws_vpc_endpoint",
    ]);
    await deployment.apply();
    expect(await deployment.plan()).toEqual([]);
  });
  // An address of one's own outlives the VPC.
  const { Addresses = [] } = await ec2().send(new DescribeAddressesCommand({}));
  expect(Addresses.map(({ AssociationId }) => AssociationId ?? "free")).toEqual(["free", "free"]);
}, 600_000);

test("IPv6, flow logs in S3, and a zone added to what stands: deployed, no second change, destroyed", async () => {
  const stack = (availabilityZones: readonly string[]) =>
    stackOf({
      availabilityZones,
      ipv6: true,
      tiers: ["public", "private", "isolated"],
      flowLogs: { destination: "s3", encryption: "own" },
    });
  await deployed(stack(ab), async (deployment) => {
    expect(await deployment.plan()).toEqual([]);

    await deployment.use(stack(cab));
    const grown = await deployment.plan();
    expect(grown.filter(({ actions }) => actions.includes("delete"))).toEqual([]);
    await deployment.apply();
    expect(await deployment.plan()).toEqual([]);
  });
}, 600_000);

// The provider waits a minute until a range is back in its pool, as it does on AWS: nightly.yml runs it.
const nightly = process.env.GROUNDPLAN_CONFORMANCE === "all" ? test : test.skip;

nightly(
  "a range of a pool of IPAM: deployed, no second change, changed, destroyed and given back",
  async () => {
    const { Ipam } = await ec2().send(
      new CreateIpamCommand({ OperatingRegions: [{ RegionName: "us-east-1" }] }),
    );
    const { IpamPool } = await ec2().send(
      new CreateIpamPoolCommand({
        IpamScopeId: Ipam?.PrivateDefaultScopeId,
        AddressFamily: "ipv4",
        Locale: "us-east-1",
      }),
    );
    const { IpamPoolId = "" } = IpamPool ?? {};
    await ec2().send(new ProvisionIpamPoolCidrCommand({ IpamPoolId, Cidr: "10.64.0.0/10" }));
    const allocated = async () => {
      const { IpamPoolAllocations = [] } = await ec2().send(
        new GetIpamPoolAllocationsCommand({ IpamPoolId }),
      );
      return IpamPoolAllocations.map(({ Cidr, ResourceType }) => `${ResourceType} ${Cidr}`);
    };
    const props = { cidr: "10.70.0.0/16", ipamPoolId: IpamPoolId, nat: "none", flowLogs: "none" } as const;
    await deployed(stackOf(props), async (deployment) => {
      expect(await deployment.plan()).toEqual([]);
      expect(await allocated()).toEqual(["vpc 10.70.0.0/16"]);
      // What another network asks of it is refused.
      const again = new CreateVpcCommand({ Ipv4IpamPoolId: IpamPoolId, CidrBlock: props.cidr });
      await expect(ec2().send(again)).rejects.toThrow(/no free CIDR/);

      await deployment.use(stackOf({ ...props, tiers: ["public", "private", "isolated"] }));
      await deployment.apply();
      expect(await deployment.plan()).toEqual([]);
    });
    expect(await allocated()).toEqual([]);
  },
  600_000,
);
