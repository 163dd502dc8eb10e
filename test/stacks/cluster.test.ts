import { ADDON_VERSIONS, CLUSTER } from "@groundplan/modules/cluster";
import { TerraformStack, Testing } from "cdktf";
import type { Environment, EnvironmentOverlay } from "../../overlays/environment";
import { addStacks } from "../../stacks";
import { ClusterStack } from "../../stacks/cluster";
import { Synthesized } from "../modules/network/synthesized";
import { defineEnvironment, environments, platform } from "../platform";

function cluster(environment: Environment): Synthesized {
  return new Synthesized(new ClusterStack(Testing.app(), { platform, environment }));
}

function overlay(change: EnvironmentOverlay["cluster"]): Environment {
  return defineEnvironment({
    name: "test",
    account: "123456789012",
    network: { cidr: "10.9.0.0/16" },
    ...(change === undefined ? {} : { cluster: change }),
  });
}

/** Zones whose subnets are named somewhere. */
function zonesOf(args: unknown): readonly string[] {
  return JSON.stringify(args).match(/us-east-1[a-z]/g) ?? [];
}

/** What an environment differs in, as the comparison of the environments has it. */
function values(environment: Environment) {
  const stack = cluster(environment);
  const groups = Object.values(stack.all("aws_eks_node_group")).map((group) => {
    const { min_size: min, max_size: max } = group.scaling_config as { min_size: number; max_size: number };
    return `${group.node_group_name_prefix} ${(group.instance_types as string[]).join()} ${min}-${max} ${group.capacity_type}`;
  });
  const disks = Object.values(stack.all("aws_launch_template")).map((template) => {
    const [{ ebs }] = template.block_device_mappings as [{ ebs: { volume_size: number } }];
    return ebs.volume_size;
  });
  const logs = stack.one("aws_eks_cluster").enabled_cluster_log_types as string[];
  const keys = Object.values(stack.all("aws_kms_key")).map((key) => key.deletion_window_in_days);
  return {
    version: stack.one("aws_eks_cluster").version,
    groups: groups.sort(),
    disks: [...new Set(disks)],
    logs: logs.length,
    retention: stack.one("aws_cloudwatch_log_group").retention_in_days,
    keys,
  };
}

test("the values of the environments", () => {
  expect(
    Object.fromEntries(environments.map((environment) => [environment.name, values(environment)])),
  ).toEqual({
    dev: {
      version: "1.35",
      groups: ["general- t3.medium 1-4 ON_DEMAND", "spot- t3.large,t3.medium 0-3 SPOT"],
      disks: [30],
      logs: 3,
      retention: 14,
      keys: [],
    },
    staging: {
      version: "1.35",
      groups: ["general- m5.large,m5.xlarge 2-6 ON_DEMAND"],
      disks: [50],
      logs: 5,
      retention: 30,
      keys: [7],
    },
    prod: {
      version: "1.35",
      groups: ["compute- c5.xlarge,c5.2xlarge 2-8 ON_DEMAND", "general- m5.xlarge,m5.2xlarge 3-10 ON_DEMAND"],
      disks: [100],
      logs: 5,
      retention: 90,
      keys: [30],
    },
  });
});

test.each(environments)(
  "$name: closed to the internet, by access entries, in private subnets",
  (environment) => {
    const stack = cluster(environment);
    expect(stack.one("aws_eks_cluster")).toMatchObject({
      name: `groundplan-${environment.name}`,
      access_config: { authentication_mode: "API" },
      vpc_config: {
        endpoint_public_access: false,
        // By zone, and not by place: zones that the network gets or loses move none of them.
        subnet_ids: ["a", "b", "c"].map((letter) =>
          expect.stringMatching(
            new RegExp(
              `^\\$\\{zipmap\\(.*\\.availabilityZones, .*\\.privateSubnetIds\\)\\["us-east-1${letter}"\\]\\}$`,
            ),
          ),
        ),
      },
    });
    expect(stack.one("aws_ssm_parameter", "contract").name).toBe(`/groundplan/${environment.name}/cluster`);
  },
);

test("every setting of an overlay reaches the cluster", () => {
  const principalArn = "arn:aws:iam::123456789012:role/developers";
  const stack = cluster(
    overlay({
      kubernetesVersion: "1.36",
      upgradePolicy: "EXTENDED",
      publicEndpointCidrs: ["203.0.113.0/24"],
      authenticationMode: "API_AND_CONFIG_MAP",
      access: { developers: { principalArn, policies: { AmazonEKSViewPolicy: "*" } } },
      logTypes: ["audit"],
      logRetentionDays: 7,
      secretsEncryption: "own",
      keyDeletionDays: 9,
      diskGb: 77,
      zones: ["us-east-1a", "us-east-1c"],
      nodeGroups: {
        general: { instanceTypes: ["c5.large"], min: 1, max: 9 },
        batch: { instanceTypes: ["c5.large"], min: 0, max: 9, diskGb: 88, zones: ["us-east-1b"] },
      },
    }),
  );
  expect(stack.one("aws_eks_cluster")).toMatchObject({
    version: "1.36",
    upgrade_policy: { support_type: "EXTENDED" },
    access_config: { authentication_mode: "API_AND_CONFIG_MAP" },
    enabled_cluster_log_types: ["audit"],
    vpc_config: { public_access_cidrs: ["203.0.113.0/24"] },
  });
  expect(stack.one("aws_kms_key").deletion_window_in_days).toBe(9);
  expect(stack.one("aws_cloudwatch_log_group").retention_in_days).toBe(7);
  expect(stack.paths("aws_eks_access_entry")).toEqual([
    "cluster/access/admin/entry",
    "cluster/access/developers/entry",
  ]);
  const sizes = Object.values(stack.all("aws_launch_template")).map(
    (template) => JSON.stringify(template.block_device_mappings).match(/"volume_size":(\d+)/)?.[1],
  );
  expect(sizes.sort()).toEqual(["77", "88"]);
  // The control plane in its zones, the group in its own.
  expect(zonesOf(stack.one("aws_eks_cluster").vpc_config)).toEqual(["us-east-1a", "us-east-1c"]);
  const group = (name: string) => stack.one("aws_eks_node_group", `cluster/node-groups/${name}/node-group`);
  expect(zonesOf(group("general").subnet_ids)).toEqual(["us-east-1a", "us-east-1c"]);
  expect(zonesOf(group("batch").subnet_ids)).toEqual(["us-east-1b"]);
});

test("nodes, volumes and interfaces carry the tags of the stack", () => {
  const [, , prod] = environments;
  if (!prod) throw new Error("no prod");
  for (const template of Object.values(cluster(prod).all("aws_launch_template"))) {
    for (const { tags } of template.tag_specifications as { tags: object }[]) {
      expect(tags).toMatchObject({ Environment: "prod", Stack: "prod-cluster", Compliance: "soc2" });
    }
  }
});

test("the stack publishes its contract", () => {
  const text = String(cluster(overlay({})).one("aws_ssm_parameter", "contract").insecure_value);
  for (const key of Object.keys(CLUSTER.shape)) expect(text).toContain(`"${key}" = `);
});

test("the cluster comes after the network of its environment, and after nothing else", () => {
  const app = Testing.app();
  addStacks(app, platform, environments);
  const stacks = app.node.children.filter((node) => TerraformStack.isStack(node));
  for (const { name } of environments) {
    const found = stacks.find(({ node }) => node.id === `${name}-cluster`);
    expect(found?.dependencies.map(({ node }) => node.id)).toEqual([`${name}-network`]);
  }
});

test("no name of one environment is another's, so that they can share an account", () => {
  const stacks = environments.map(cluster);
  const UNIQUE = [
    ["aws_eks_cluster", "name"],
    ["aws_iam_role", "name"],
    ["aws_cloudwatch_log_group", "name"],
    ["aws_kms_alias", "name"],
    ["aws_ssm_parameter", "name"],
  ] as const;
  for (const [type, key] of UNIQUE) {
    const names = stacks
      .flatMap((stack) => Object.values(stack.all(type)).map((resource) => resource[key]))
      // What AWS publishes is nobody's.
      .filter((name) => !String(name).startsWith("/aws/service/"));
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);
  }
});

test("the next minor in one overlay changes the cluster's version and the add-ons that are pinned to it", () => {
  const before = cluster(overlay({ kubernetesVersion: "1.34" })).byAddress();
  const after = cluster(overlay({ kubernetesVersion: "1.35" })).byAddress();
  expect([...after.keys()]).toEqual([...before.keys()]);
  const changed = [...before].flatMap(([address, resource]) => {
    const now = after.get(address) ?? {};
    return Object.keys({ ...resource, ...now })
      .filter((key) => JSON.stringify(resource[key]) !== JSON.stringify(now[key]))
      .map((key) => [address.replace(/_[0-9A-F]{8}$/, ""), key, resource[key], now[key]]);
  });
  // The node groups read the cluster's version.
  const pinned = (name: "coredns" | "kube-proxy") => [
    `aws_eks_addon.cluster_addons_${name}_addon`,
    "addon_version",
    ADDON_VERSIONS["1.34"][name],
    ADDON_VERSIONS["1.35"][name],
  ];
  expect(changed.sort()).toEqual([
    pinned("coredns"),
    pinned("kube-proxy"),
    ["aws_eks_cluster.cluster", "version", "1.34", "1.35"],
    [
      "aws_ssm_parameter.cluster_node-groups_general_newest-release",
      "name",
      ...["1.34", "1.35"].map(
        (version) =>
          `/aws/service/eks/optimized-ami/${version}/amazon-linux-2023/x86_64/standard/recommended/release_version`,
      ),
    ],
  ]);
});

test("a wrong overlay fails at the cluster's path", () => {
  expect(() => cluster(overlay({ logRetentionDays: 31, keyDeletionDays: 6 }))).toThrow(
    /logRetentionDays is 31\n {2}at test-cluster\/cluster\n.*keyDeletionDays is 6/s,
  );
});

test("the control plane stands in the nodes' subnets, or apart in isolated ones; pods in theirs", () => {
  const subnets = (change: EnvironmentOverlay["cluster"], network = {}) => {
    const environment = overlay(change);
    const stack = cluster({ ...environment, network: { ...environment.network, ...network } });
    const [ids] = (stack.one("aws_eks_cluster").vpc_config as { subnet_ids: string[] }).subnet_ids;
    const cni = stack.one("aws_eks_addon", "cluster/addons/vpc-cni/addon").configuration_values;
    return { ids, cni: String(cni) };
  };
  expect(subnets({}).ids).toContain("privateSubnetIds");
  expect(subnets({ controlPlaneTier: "isolated" }).ids).toContain("isolatedSubnetIds");
  expect(subnets({}).cni).not.toContain("podSubnetIds");
  expect(subnets({ prefixDelegation: true }, { podCidr: "100.64.0.0/16" }).cni).toContain("podSubnetIds");
});

describe("a zone of the network", () => {
  const inZones = (availabilityZones: readonly string[], change: EnvironmentOverlay["cluster"] = {}) =>
    cluster({
      ...overlay(change),
      network: { ...overlay(change).network, availabilityZones },
    }).byAddress();
  const ABC = ["us-east-1a", "us-east-1b", "us-east-1c"];

  test("that is added, wherever its letter stands, changes nothing of the cluster", () => {
    const before = inZones(ABC);
    for (const zones of [[...ABC, "us-east-1d"], ["us-east-1d", ...ABC].reverse()]) {
      expect(inZones(zones)).toEqual(before);
    }
  });

  test("that is taken changes nothing of a cluster that is not in it", () => {
    const change = { zones: ["us-east-1a", "us-east-1b"] };
    expect(inZones(["us-east-1a", "us-east-1b"], change)).toEqual(inZones(ABC, change));
  });

  test("planted fault: one that the cluster is in cannot be taken", () => {
    expect(() => inZones(["us-east-1a", "us-east-1b"])).toThrow(
      'zones has "us-east-1c", which is not a zone of the network',
    );
  });
});

test("without a way to the internet, a synth lists the endpoints that nodes and add-ons lack", () => {
  const warnings = (network: Partial<Environment["network"]>) => {
    const environment = { ...overlay({}), network: { ...overlay({}).network, ...network } };
    const { cluster: made } = new ClusterStack(Testing.app(), { platform, environment });
    return made.node.metadata
      .filter(({ type, data }) => type === "@cdktf/warn" && String(data).includes("network.nat"))
      .map(({ data }) => data);
  };
  expect(warnings({ nat: "none" })).toEqual([
    expect.stringContaining("ec2, ecr.api, ecr.dkr, eks, eks-auth, sts, elasticloadbalancing, autoscaling."),
  ]);
  expect(warnings({})).toEqual([]);
});
