import { SynthError } from "@groundplan/modules/core";
import { checkEnvironments } from "../../overlays/checks";
import type { EnvironmentOverlay } from "../../overlays/environment";
import { defineEnvironment, environments } from "../platform";

const valid: EnvironmentOverlay = { name: "test", account: "123456789012", network: { cidr: "10.9.0.0/16" } };

const HUB_SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf";

/** What the checks say of one overlay that differs from a valid one. */
function faultsOf(change: Partial<EnvironmentOverlay>): string {
  const overlay = { ...valid, ...change, network: { ...valid.network, ...change.network } };
  try {
    checkEnvironments([defineEnvironment(overlay)]);
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
  return "";
}

test("takes the environments of the tests' platform, and come back as they are", () => {
  expect(checkEnvironments(environments)).toBe(environments);
});

test("a valid overlay has no faults", () => {
  expect(faultsOf({})).toBe("");
});

describe("a wrong value names the overlay, the key, the value and a valid one", () => {
  test.each<[string, Partial<EnvironmentOverlay>, string[]]>([
    ["a name that AWS would refuse", { name: "Dev_1" }, ["name is", '"Dev_1"', 'use e.g. "dev"']],
    ["a name that is too long", { name: "environment-of-the-team" }, ["23 characters"]],
    ["an account that is too short", { account: "12345" }, ['account is "12345"', '"123456789012"']],
    [
      "a range for pods that nodes have no interfaces for",
      { network: { cidr: "10.9.0.0/16", podCidr: "100.64.0.0/16" } },
      ["network.podCidr", '"100.64.0.0/16"', "cluster.prefixDelegation true"],
    ],
    [
      "a range for pods that the VPC has",
      { network: { cidr: "10.9.0.0/16", podCidr: "10.9.0.0/20" }, cluster: { prefixDelegation: true } },
      ["network: podCidr 10.9.0.0/20 meets"],
    ],
    [
      "a control plane in subnets that the network lacks",
      { cluster: { controlPlaneTier: "isolated" } },
      ["cluster.controlPlaneTier", "network.isolatedSubnets true"],
    ],
    [
      "an autoscaler of nodes beside EKS Auto Mode",
      { cluster: { compute: "auto" } },
      [
        "cluster.compute",
        'addons.nodeAutoscaler is "cluster-autoscaler"',
        "addons.loadBalancerController is true",
      ],
    ],
    [
      "pods of EKS's own on Fargate",
      { cluster: { fargateProfiles: { all: { selectors: [{ namespace: "kube-system" }] } } } },
      ["cluster.fargateProfiles", '"kube-system"'],
    ],
    [
      "pools of nodes without Karpenter",
      { cluster: { nodePools: { batch: {} } } },
      ["cluster.nodePools", '["batch"]', 'addons.nodeAutoscaler "karpenter"'],
    ],
    [
      "a pool in a zone of another network",
      {
        cluster: { nodePools: { batch: { zones: ["eu-west-1a"] } } },
        addons: { nodeAutoscaler: "karpenter" },
      },
      ["cluster.nodePools", "eu-west-1a", "not a zone of the network"],
    ],
    [
      "an add-on of EKS that every cluster has",
      { cluster: { optionalAddons: ["coredns" as "snapshot-controller"] } },
      ["cluster.optionalAddons", '"coredns", which every cluster has'],
    ],
    ["a Region that is none", { region: "us-east" }, ['region is "us-east"', '"us-east-1"']],
    ["a range that is no range", { network: { cidr: "10.0.0/16" } }, ["network.cidr", '"10.0.0/16"']],
    [
      "a range with host bits",
      { network: { cidr: "10.0.0.1/16" } },
      ["network.cidr", '"10.0.0.1/16"', "10.0.0.0/16"],
    ],
    [
      "a range that is too small",
      { network: { cidr: "10.0.0.0/28" } },
      ["network.cidr", '"10.0.0.0/28"', "/24"],
    ],
    [
      "a zone of another Region",
      { network: { cidr: "10.9.0.0/16", availabilityZones: ["eu-west-1a"] } },
      ["network.availabilityZones", '"eu-west-1a"', "us-east-1", '"us-east-1a"'],
    ],
    [
      "a zone that is listed twice",
      { network: { cidr: "10.9.0.0/16", availabilityZones: ["us-east-1a", "us-east-1a"] } },
      ["network.availabilityZones", "listed twice"],
    ],
    [
      "no zone",
      { network: { cidr: "10.9.0.0/16", availabilityZones: [] } },
      ["needs a zone", '["us-east-1a", "us-east-1b"]'],
    ],
    [
      "a retention that CloudWatch does not offer",
      { network: { cidr: "10.9.0.0/16", flowLogs: { retentionDays: 15 } } },
      ["network.flowLogs.retentionDays is 15", "14, 30"],
    ],
    [
      "a retention in S3 of no day",
      { network: { cidr: "10.9.0.0/16", flowLogs: { destination: "s3", retentionDays: 0 } } },
      ["network.flowLogs.retentionDays is 0"],
    ],
    [
      "an endpoint by its long name",
      { network: { cidr: "10.9.0.0/16", interfaceEndpoints: ["com.amazonaws.us-east-1.ecr.api"] } },
      ["network.interfaceEndpoints", '"ecr.api"'],
    ],
    [
      "a zone of the NAT gateway that the VPC has not",
      { network: { cidr: "10.9.0.0/16", natZone: "us-east-1f" } },
      ["network.natZone", '"us-east-1f"', "us-east-1a"],
    ],
    [
      "an address of one's own for a gateway that there is not",
      { network: { cidr: "10.9.0.0/16", natAllocationIds: { "us-east-1c": "eipalloc-1a2b3c4d" } } },
      ["network.natAllocationIds", "eipalloc-1a2b3c4d", "has no gateway"],
    ],
    ["a repository in capitals", { registry: { repositories: ["Api"] } }, ["registry.repositories", '"Api"']],
    [
      "a repository twice",
      { registry: { repositories: ["api", "api"] } },
      ["registry.repositories", "listed twice"],
    ],
    [
      "a deletion window that is too short",
      { registry: { keyDeletionDays: 3 } },
      ["registry.keyDeletionDays is 3", "7 to 30"],
    ],
    ["no image kept", { registry: { maxImages: 0 } }, ["registry.maxImages is 0", "1 or more"]],
    ["half a day", { registry: { untaggedDays: 0.5 } }, ["registry.untaggedDays is 0.5"]],
    [
      "Docker Hub without a credential",
      { registry: { pullThrough: ["docker-hub"] } },
      ["registry.pullThroughCredentials", "docker-hub is cached with a credential only"],
    ],
    [
      "a credential of another Region",
      {
        registry: {
          pullThrough: ["github"],
          pullThroughCredentials: {
            github: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ecr-pullthroughcache/github-AbCdEf",
          },
        },
      },
      ["registry.pullThroughCredentials", "is not in the registry's own account and Region"],
    ],
    [
      "a credential of what is not cached",
      { registry: { pullThroughCredentials: { gitlab: "arn:x" } } },
      ['registry.pullThroughCredentials["gitlab"]', "gitlab is not cached"],
    ],
    [
      "Docker Hub cached twice",
      {
        registry: { pullThrough: ["docker-hub"], pullThroughCredentials: { "docker-hub": HUB_SECRET } },
        previews: { enabled: true, dockerHubSecretArn: HUB_SECRET },
      },
      ["registry.pullThrough", "caches docker-hub already"],
    ],
    ["other images for no day", { registry: { otherTaggedDays: 0 } }, ["registry.otherTaggedDays is 0"]],
    [
      "a prefix behind one that has all its images",
      { registry: { tagPrefixes: ["v", "v1"] } },
      ["registry.tagPrefixes", 'tag prefix "v1" comes after "v"'],
    ],
    [
      "a Kubernetes version that EKS does not know",
      { cluster: { kubernetesVersion: "1.20" as "1.35" } },
      ["cluster.kubernetesVersion", '"1.20"', "1.35"],
    ],
    [
      "an endpoint that is open by a slip",
      { cluster: { publicEndpointCidrs: ["0.0.0.0"] } },
      ["cluster.publicEndpointCidrs", '"0.0.0.0"', '"0.0.0.0/0" opens the endpoint to everybody'],
    ],
    ["a log twice", { cluster: { logTypes: ["api", "api"] } }, ["cluster.logTypes", "listed twice"]],
    [
      "a log that EKS does not write",
      { cluster: { logTypes: ["kubelet" as "api"] } },
      ["cluster.logTypes", '"kubelet"', "scheduler"],
    ],
    [
      "a retention of the cluster's logs that is not offered",
      { cluster: { logRetentionDays: 31 } },
      ["cluster.logRetentionDays is 31", "30"],
    ],
    ["a key that goes at once", { cluster: { keyDeletionDays: 0 } }, ["cluster.keyDeletionDays is 0"]],
    ["a disk that holds nothing", { cluster: { diskGb: 8 } }, ["cluster.diskGb is 8", "20 to 16384"]],
    [
      "a group without instance types",
      { cluster: { nodeGroups: { batch: { instanceTypes: [], min: 0, max: 1 } } } },
      ["cluster.nodeGroups", "batch.instanceTypes is []", "m5.large"],
    ],
    [
      "a group that is smaller than its least",
      { cluster: { nodeGroups: { general: { instanceTypes: ["m5.large"], min: 7, max: 6 } } } },
      ["cluster.nodeGroups", "general.max is 6: less than min 7"],
    ],
    [
      "access for everybody",
      { cluster: { access: { all: { principalArn: "*", policies: { AmazonEKSViewPolicy: "*" } } } } },
      ["cluster.access", "all.principalArn", "arn:aws:iam::123456789012:role/developers"],
    ],
    [
      "access by the name of the admin role",
      {
        cluster: {
          access: {
            admin: {
              principalArn: "arn:aws:iam::123456789012:role/x",
              policies: { AmazonEKSViewPolicy: "*" },
            },
          },
        },
      },
      ["cluster.access", '"admin"', '"platform"'],
    ],
    ["a tag of AWS's own", { tags: { "aws:team": "x" } }, ["tags is", "aws:"]],
    ["a tag that is too long", { tags: { Note: "x".repeat(257) } }, ["tags.Note", "257"]],
    ["a tag with signs that AWS refuses", { tags: { "a;b": "x|y" } }, ['tags is "a;b"', 'tags.a;b is "x|y"']],
    [
      "more tags than AWS takes",
      { tags: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`Tag${index}`, "x"])) },
      ["41 tags", "at most 40"],
    ],
    [
      "a zone that a small range has no slot for",
      { network: { cidr: "10.9.0.0/24", availabilityZones: ["us-east-1e"] } },
      ["network.cidr", "us-east-1e", "/23"],
    ],
    [
      "a retention that is no number",
      { network: { cidr: "10.9.0.0/16", flowLogs: { retentionDays: Number.NaN } } },
      ["network.flowLogs.retentionDays is NaN"],
    ],
  ])("%s", (_, change, said) => {
    const message = faultsOf(change);

    for (const words of said) expect(message).toContain(words);
    expect(message).toMatch(
      /\n {2}at overlay "[^"]+"\n {2}use |\n {2}at overlay "[^"]+"\n {2}(list|shorten)/,
    );
  });
});

test("all faults of all overlays stand in one error", () => {
  const one = defineEnvironment({ ...valid, account: "1", region: "nowhere" });
  const other = defineEnvironment({
    ...valid,
    name: "other",
    account: "2",
    network: { cidr: "10.8.0.0/16" },
  });

  expect(() => checkEnvironments([one, other])).toThrow(SynthError);
  try {
    checkEnvironments([one, other]);
  } catch (error) {
    const { faults } = error as SynthError;
    expect(faults.filter((fault) => fault.what.startsWith("account is"))).toHaveLength(2);
    expect(faults.filter((fault) => fault.what.startsWith("region is"))).toHaveLength(1);
  }
});

describe("environments together", () => {
  test("ranges that overlap are refused, with a range that is free", () => {
    const one = defineEnvironment({ ...valid, network: { cidr: "10.0.0.0/16" } });
    const other = defineEnvironment({ ...valid, name: "other", network: { cidr: "10.0.128.0/20" } });

    expect(() => checkEnvironments([one, other])).toThrow(
      'network.cidr is "10.0.128.0/20": overlaps "10.0.0.0/16" of overlay "test"\n  at overlay "other"\n  use a range that no environment has, e.g. "10.1.0.0/16"',
    );
  });

  test("ranges for pods count too: a VPC with a range that another has cannot be peered with it", () => {
    const prefixes = { cluster: { prefixDelegation: true } };
    const network = { cidr: "10.0.0.0/16", podCidr: "100.64.0.0/16" };
    const one = defineEnvironment({ ...valid, ...prefixes, network });
    const beside = (podCidr: string, cidr = "10.1.0.0/16") =>
      defineEnvironment({ ...valid, ...prefixes, name: "other", network: { cidr, podCidr } });

    expect(() => checkEnvironments([one, beside("100.65.0.0/16")])).not.toThrow();
    expect(() => checkEnvironments([one, beside("100.64.128.0/17")])).toThrow(
      'network.podCidr is "100.64.128.0/17": overlaps "100.64.0.0/16" of overlay "test"\n  at overlay "other"\n  use a range that no environment has, e.g. "100.65.0.0/16"',
    );
    expect(() => checkEnvironments([one, beside("10.0.0.0/18")])).toThrow(
      'network.podCidr is "10.0.0.0/18": overlaps "10.0.0.0/16" of overlay "test"',
    );
  });

  test("ranges beside each other are taken", () => {
    const one = defineEnvironment({ ...valid, network: { cidr: "10.0.0.0/17" } });
    const other = defineEnvironment({ ...valid, name: "other", network: { cidr: "10.0.128.0/17" } });

    expect(() => checkEnvironments([one, other])).not.toThrow();
  });

  test("a name that two overlays have is refused", () => {
    const one = defineEnvironment(valid);
    const other = defineEnvironment({ ...valid, network: { cidr: "10.8.0.0/16" } });

    expect(() => checkEnvironments([one, other])).toThrow('two overlays have the name "test"');
  });
});

describe("the values of the environments", () => {
  test.each([
    ["dev", "10.0.0.0/16", "single", 14, "MUTABLE", "AES256", true, 15],
    ["staging", "10.1.0.0/16", "single", 30, "IMMUTABLE", "KMS", false, 20],
    ["prod", "10.2.0.0/16", "per-az", 90, "IMMUTABLE", "KMS", false, 30],
  ])("%s", (name, cidr, nat, days, tagMutability, encryption, forceDelete, maxImages) => {
    const environment = environments.find((candidate) => candidate.name === name);

    expect(environment).toMatchObject({
      network: { cidr, nat, flowLogs: { retentionDays: days } },
      registry: {
        tagMutability,
        encryption,
        forceDelete,
        maxImages,
        repositories: ["app", "api", "frontend", "worker"],
      },
    });
  });

  test("only prod has the compliance tag, and the longest deletion window of its key", () => {
    expect(environments.map((environment) => environment.tags.Compliance)).toEqual([
      undefined,
      undefined,
      "soc2",
    ]);
    expect(environments.map((environment) => environment.registry.keyDeletionDays)).toEqual([7, 7, 30]);
  });
});

test("an account's registry is told once in a Region where images are copied to, and how they are scanned", () => {
  const told = (change: Partial<EnvironmentOverlay>) => {
    const [one, other] = ["one", "other"].map((name, index) =>
      defineEnvironment({
        ...valid,
        name,
        network: { cidr: `10.${index + 1}.0.0/16` },
        registry: { replicateTo: ["eu-west-1"], enhancedScanning: true },
        ...(name === "other" ? change : {}),
      }),
    );
    if (!one || !other) throw new Error("two environments are missing");
    try {
      checkEnvironments([one, other]);
    } catch (error) {
      if (error instanceof SynthError) return error.message;
      throw error;
    }
    return "";
  };
  const said = told({});
  expect(said).toContain(
    'registry.replicateTo is set here and in overlay "one", and account 123456789012 has it once',
  );
  expect(said).toContain('registry.enhancedScanning is set here and in overlay "one"');
  expect(said).toContain('at overlay "other"');
  expect(told({ account: "210987654321" })).toBe("");
  expect(told({ registry: {} })).toBe("");
});

test("an account's registry is told by the platform that has it, and by no other that shares the account", () => {
  const told = (
    platform: Parameters<typeof checkEnvironments>[1],
    registry: NonNullable<EnvironmentOverlay["registry"]>,
  ) => {
    try {
      checkEnvironments([defineEnvironment({ ...valid, registry })], platform);
    } catch (error) {
      if (error instanceof SynthError) return error.message;
      throw error;
    }
    return "";
  };
  const both = { replicateTo: ["eu-west-1"], enhancedScanning: true };
  const shared = { name: "groundplan", registryOwners: { "123456789012": "acme" } };
  const said = told(shared, both);
  for (const key of ["replicateTo", "enhancedScanning"])
    expect(said).toContain(
      `registry.${key} is set, and registryOwners of platform.ts gives account 123456789012 to platform "acme"`,
    );
  // Its own, another account's, and nothing that the account has once.
  expect(told({ name: "groundplan" }, both)).toBe("");
  expect(told({ name: "acme", registryOwners: shared.registryOwners }, both)).toBe("");
  expect(told({ ...shared, registryOwners: { "210987654321": "acme" } }, both)).toBe("");
  expect(told(shared, {})).toBe("");
  // Caches have the platform's name, but for those of names from before.
  expect(told({ ...shared, legacyNames: true }, {})).toContain(
    "registry.pullThrough is set with legacyNames",
  );
  expect(told({ ...shared, legacyNames: true }, { pullThrough: [] })).toBe("");
});

test("planted fault: other images are copied where none are, twice, or by no beginning of a name", () => {
  const registry = (replicateTo: string[], replicatedPrefixes: string[]) =>
    faultsOf({ registry: { replicateTo, replicatedPrefixes } });
  expect(registry(["eu-west-1"], ["acme/prod/"])).toBe("");
  expect(registry([], ["acme/prod/"])).toContain("registry.replicateTo is empty");
  expect(registry(["eu-west-1"], ["acme/", "acme/"])).toContain("registry.replicatedPrefixes");
  expect(registry(["eu-west-1"], ["Acme/*"])).toContain('prefix "Acme/*" begins no repository');
});

test("planted fault: images are copied to where they are, twice, or nowhere known", () => {
  const registry = (replicateTo: readonly string[]) => faultsOf({ registry: { replicateTo } });
  expect(registry(["eu-west-1"])).toBe("");
  expect(registry(["us-east-1"])).toContain("is the registry itself");
  expect(registry(["eu-west-1", "eu-west-1"])).toContain("is listed twice");
  expect(registry(["Europe"])).toContain("is not an account and a Region");
});
