import type { ClusterProps } from "@groundplan/modules/cluster";
import { TerraformOutput, Testing } from "cdktf";
import { clusterWith, faultsOf, stackWith } from "./fixtures";

test("closed outside, open inside; entries written out; AWS upgrades at the end of standard support", () => {
  const cluster = clusterWith().one("aws_eks_cluster");
  expect(cluster).toMatchObject({
    name: "groundplan-dev",
    version: "1.35",
    access_config: { authentication_mode: "API", bootstrap_cluster_creator_admin_permissions: false },
    upgrade_policy: { support_type: "STANDARD" },
    vpc_config: {
      endpoint_private_access: true,
      endpoint_public_access: false,
      subnet_ids: ["subnet-1", "subnet-2"],
    },
  });
  expect(cluster.vpc_config).not.toHaveProperty("public_access_cidrs");
  // AWS provider 5.100 does not know it, and the constraint allows that version.
  expect(cluster).not.toHaveProperty("deletion_protection");
});

test("the public endpoint opens to what is written out", () => {
  const ranges = ["203.0.113.0/24", "198.51.100.7/32"];
  expect(clusterWith({ publicEndpointCidrs: ranges }).one("aws_eks_cluster").vpc_config).toMatchObject({
    endpoint_private_access: true,
    endpoint_public_access: true,
    public_access_cidrs: ranges,
  });
});

test("the aws-auth ConfigMap and extended support are options", () => {
  const cluster = clusterWith({ authenticationMode: "API_AND_CONFIG_MAP", upgradePolicy: "EXTENDED" }).one(
    "aws_eks_cluster",
  );
  expect(cluster).toMatchObject({
    access_config: { authentication_mode: "API_AND_CONFIG_MAP" },
    upgrade_policy: { support_type: "EXTENDED" },
  });
});

test("all logs by default, into a group that stands before the cluster", () => {
  const stack = clusterWith();
  expect(stack.one("aws_cloudwatch_log_group")).toMatchObject({
    name: "/aws/eks/groundplan-dev/cluster",
    retention_in_days: 30,
  });
  const cluster = stack.one("aws_eks_cluster");
  expect(cluster.enabled_cluster_log_types).toHaveLength(5);
  expect(cluster.depends_on).toContain(stack.address("aws_cloudwatch_log_group", "cluster/log-group"));
  expect(clusterWith({ logTypes: [] }).one("aws_eks_cluster")).not.toHaveProperty(
    "enabled_cluster_log_types",
  );
});

test("secrets are encrypted with a key of the cluster, which its role may use; or with AWS's", () => {
  const stack = clusterWith({ keyDeletionDays: 7 });
  const key = `\${${stack.address("aws_kms_key", "cluster/secrets-key")}.arn}`;
  expect(stack.one("aws_kms_key")).toMatchObject({ deletion_window_in_days: 7, enable_key_rotation: true });
  expect(stack.one("aws_kms_alias").name).toBe("alias/groundplan-dev/secrets");
  const cluster = stack.one("aws_eks_cluster");
  expect(cluster.encryption_config).toEqual({ provider: { key_arn: key }, resources: ["secrets"] });
  const policy = "cluster/roles/cluster/encrypt-secrets";
  expect(JSON.parse(String(stack.one("aws_iam_role_policy", policy).policy)).Statement[0].Resource).toBe(key);
  expect(cluster.depends_on).toContain(stack.address("aws_iam_role_policy", policy));

  const plain = clusterWith({ secretsEncryption: "aws" });
  expect(plain.paths("aws_kms_key")).toEqual([]);
  expect(plain.one("aws_eks_cluster")).not.toHaveProperty("encryption_config");
});

test("the issuer is known to IAM, for AWS's audience, without a thumbprint", () => {
  const provider = clusterWith().one("aws_iam_openid_connect_provider");
  expect(provider.client_id_list).toEqual(["sts.amazonaws.com"]);
  expect(provider.url).toMatch(/^\$\{aws_eks_cluster\..*\.identity\[0\]\.oidc\[0\]\.issuer\}$/);
  expect(provider).not.toHaveProperty("thumbprint_list");
});

test("the control plane's role is for this cluster only, the nodes' one has no policy of the VPC CNI", () => {
  const stack = clusterWith();
  const [trust] = JSON.parse(
    String(stack.one("aws_iam_role", "cluster/roles/cluster/role").assume_role_policy),
  ).Statement;
  expect(trust.Condition).toEqual({
    StringEquals: { "aws:SourceAccount": "123456789012" },
    ArnEquals: { "aws:SourceArn": "arn:aws:eks:us-east-1:123456789012:cluster/groundplan-dev" },
  });
  expect(stack.paths("aws_iam_role_policy_attachment").filter((path) => path.includes("/nodes/"))).toEqual([
    "cluster/roles/nodes/AmazonEC2ContainerRegistryPullOnly",
    "cluster/roles/nodes/AmazonEKSWorkerNodePolicy",
    "cluster/roles/nodes/AmazonSSMManagedInstanceCore",
  ]);
});

test("nodes fill the caches that are named, and make no other repository", () => {
  const policy = "cluster/roles/nodes/fill-caches";
  const filled = clusterWith({ cachePrefixes: ["groundplan/dev/ecr-public"] });
  expect(JSON.parse(String(filled.one("aws_iam_role_policy", policy).policy)).Statement).toEqual([
    {
      Sid: "FillCaches",
      Effect: "Allow",
      Action: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository", "ecr:TagResource"],
      Resource: ["arn:aws:ecr:us-east-1:123456789012:repository/groundplan/dev/ecr-public/*"],
    },
  ]);
  expect(clusterWith().paths("aws_iam_role_policy")).not.toContain(policy);
});

test("what it tells others names its own resources", () => {
  const { stack, cluster } = stackWith();
  new TerraformOutput(stack, "contract", { value: cluster.contract });
  const { output } = JSON.parse(Testing.synth(stack));
  const text = JSON.stringify(output.contract.value);
  for (const type of [
    "aws_eks_cluster",
    "aws_iam_openid_connect_provider",
    "aws_security_group",
    "aws_iam_role",
  ]) {
    expect(text).toContain(`\${${type}.`);
  }
  expect(output.contract.value.oidcIssuer).toMatch(/^\$\{replace\(.*issuer, "https:\/\/", ""\)\}$/);
});

describe("the support of its version", () => {
  /** Warnings of the synth, and what is synthesized. */
  const judged = (kubernetesVersion: string, day: string) => {
    const { stack, cluster } = stackWith({ kubernetesVersion, today: new Date(day) });
    const warnings = cluster.node.metadata
      .filter(({ type }) => type === "@cdktf/warn")
      .map(({ data }) => data);
    return { warnings, synthesized: Testing.synth(stack) };
  };

  test("extended support is warned of", () => {
    expect(judged("1.33", "2026-11-21").warnings).toEqual([
      expect.stringContaining("is in extended support"),
    ]);
    expect(judged("1.35", "2026-11-21").warnings).toEqual([]);
  });

  test("instance types that the table does not know are warned of", () => {
    const nodeGroups = { general: { instanceTypes: ["q9z.large"], min: 1, max: 1 } };
    const { cluster } = stackWith({ nodeGroups });
    expect(
      cluster.node.metadata.filter(({ type }) => type === "@cdktf/warn").map(({ data }) => data),
    ).toEqual([expect.stringContaining("q9z.large: a family that this version does not know")]);
  });

  test("the day never changes what is synthesized, nor whether it is", () => {
    const days = ["2026-01-01", "2026-11-21", "2031-01-01"].map((day) => judged("1.34", day));
    expect(days.map(({ warnings }) => warnings.length)).toEqual([0, 1, 1]);
    expect(new Set(days.map(({ synthesized }) => synthesized)).size).toBe(1);
  });
});

/** An access entry of a role. */
function entryOf(role: string) {
  return { principalArn: `arn:aws:iam::123456789012:role/${role}`, groups: ["x"] };
}

test.each<[Partial<ClusterProps>, string]>([
  [{ kubernetesVersion: "1.29" }, 'EKS does not support Kubernetes "1.29"'],
  [{ name: "my cluster" }, 'EKS cluster name "my cluster"'],
  [{ account: "1" }, 'account "1" has not 12 digits'],
  [{ logRetentionDays: 31 }, "logRetentionDays is 31"],
  [{ keyDeletionDays: 31 }, "keyDeletionDays is 31"],
  [{ logTypes: ["api", "api"] }, 'log type "api" is unknown, or listed twice'],
  [{ publicEndpointCidrs: ["everybody"] }, 'public range "everybody"'],
  [{ nodeGroups: {} }, "a cluster without nodes runs no pods"],
  [
    { nodeGroups: { general: { instanceTypes: ["m5.large"], min: 3, max: 2 } } },
    "general.max is 2: less than min 3",
  ],
  [{ diskGb: 8 }, "general.diskGb is 8"],
  [
    { access: { admin: { principalArn: "arn:aws:iam::123456789012:role/x", groups: ["x"] } } },
    "the cluster's own",
  ],
  [{ access: { team: { principalArn: "*", groups: ["x"] } } }, "team.principalArn"],
  [
    { access: { team: entryOf("groundplan-dev-admin-us-east-1") } },
    "the cluster's own admin role has it, and EKS takes one entry of a principal",
  ],
  [{ access: { team: entryOf("groundplan-dev-nodes-us-east-1") } }, "the nodes' role has it"],
  [{ access: { one: entryOf("developers"), two: entryOf("developers") } }, 'access "one" has it'],
  [{ zones: ["us-east-1a"] }, "EKS puts a control plane into two zones at least"],
  [{ zones: ["us-east-1a", "us-east-1a"] }, 'zones lists "us-east-1a" twice'],
  [{ zones: ["us-east-1a", "us-east-1d"] }, 'zones has "us-east-1d", which is not a zone of the network'],
  [
    { nodeGroups: { general: { instanceTypes: ["m5.large"], min: 2, max: 2, zones: [] } } },
    "general.zones is []: a group needs a zone",
  ],
  [{ controlPlaneSubnets: { "us-east-1a": "subnet-9" } }, "controlPlaneSubnets has none in us-east-1b"],
])("%j is refused at the cluster's path", (change, what) => {
  const said = faultsOf(change);
  expect(said).toContain(what);
  expect(said).toContain("\n  at dev-cluster/cluster\n");
});

test("all faults come at once", () => {
  expect(faultsOf({ kubernetesVersion: "2", keyDeletionDays: 1, publicEndpointCidrs: ["x"] })).toMatch(
    /Kubernetes "2".*public range "x".*keyDeletionDays is 1/s,
  );
});

describe("subnets for pods alone", () => {
  const podSubnets = { "us-east-1a": "subnet-11", "us-east-1b": "subnet-12" };
  const CUSTOM = { podSubnets, prefixDelegation: true };

  test("are an ENIConfig for each zone, by which the VPC CNI gives pods addresses", () => {
    const stack = clusterWith(CUSTOM);
    const cni = stack.one("aws_eks_addon", "cluster/addons/vpc-cni/addon");
    const nodes = `\${${stack.address("aws_security_group", "cluster/security-groups/nodes")}.id}`;
    expect(JSON.parse(String(cni.configuration_values))).toEqual({
      enableNetworkPolicy: "true",
      env: {
        ENABLE_PREFIX_DELEGATION: "true",
        WARM_PREFIX_TARGET: "1",
        AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
        ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
      },
      eniConfig: {
        create: true,
        region: "us-east-1",
        subnets: {
          "us-east-1a": { id: "subnet-11", securityGroups: [nodes] },
          "us-east-1b": { id: "subnet-12", securityGroups: [nodes] },
        },
      },
    });
    // Nodes themselves stay where they are.
    expect(stack.one("aws_eks_node_group").subnet_ids).toEqual(["subnet-1", "subnet-2"]);
  });

  test("planted faults: a zone of nodes without one, and more pods than addresses", () => {
    const nodeGroups = {
      general: { instanceTypes: ["m5.large"], min: 1, max: 2, zones: ["us-east-1c"] },
    };
    expect(faultsOf({ ...CUSTOM, nodeGroups })).toContain("podSubnets has none in us-east-1c");
    const { zones: _, ...group } = nodeGroups.general;
    const own = { general: { ...group, subnets: { "us-east-1d": "subnet-0123456789abcdef0" } } };
    expect(faultsOf({ ...CUSTOM, nodeGroups: own })).toContain("podSubnets has none in us-east-1d");
    expect(faultsOf({ podSubnets })).toContain("podSubnets without prefixDelegation");
    expect(faultsOf({ podSubnets, compute: "auto", nodeGroups: {} })).toContain(
      "podSubnets is for the VPC CNI",
    );
  });
});

describe("a group in subnets of its own", () => {
  const group = (change: object) => ({
    nodeGroups: { general: { instanceTypes: ["m5.large"], min: 1, max: 2, ...change } },
  });

  test("has those, of all of its zones or of the named ones", () => {
    const subnets = { "us-east-1b": "subnet-0b", "us-east-1a": "subnet-0a" };
    const ids = (change: object) => clusterWith(group(change)).one("aws_eks_node_group").subnet_ids;
    expect(ids({ subnets })).toEqual(["subnet-0a", "subnet-0b"]);
    expect(ids({ subnets, zones: ["us-east-1b"] })).toEqual(["subnet-0b"]);
  });

  test.each<[string, object]>([
    ["general.subnets is {}", { subnets: {} }],
    ['general.subnets has "mine"', { subnets: { "us-east-1a": "mine" } }],
    [
      "general.zones has us-east-1b, and subnets has none there",
      { subnets: { "us-east-1a": "subnet-0a" }, zones: ["us-east-1b"] },
    ],
  ])("planted fault: %s", (said, change) => {
    expect(faultsOf(group(change))).toContain(said);
  });
});
