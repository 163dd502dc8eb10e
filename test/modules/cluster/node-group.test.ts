import { NODE_IMAGES, type NodeGroupOptions, type NodeImage } from "@groundplan/modules/cluster";
import { Testing } from "cdktf";
import { nodeGroupWarnings } from "../../../modules/cluster/node-group-faults";
import { clusterWith, faultsOf, stackWith } from "./fixtures";

const GENERAL: NodeGroupOptions = { instanceTypes: ["m5.large", "m5.xlarge"], min: 2, max: 6 };

const PATH = "cluster/node-groups/general/node-group";

test("a group on AL2023, of the cluster's version, that lets a quarter be away", () => {
  const stack = clusterWith({ nodeGroups: { general: GENERAL } });
  expect(stack.one("aws_eks_node_group")).toMatchObject({
    ami_type: "AL2023_x86_64_STANDARD",
    capacity_type: "ON_DEMAND",
    instance_types: ["m5.large", "m5.xlarge"],
    node_group_name_prefix: "general-",
    version: `\${${stack.address("aws_eks_cluster", "cluster/cluster")}.version}`,
    scaling_config: { min_size: 2, max_size: 6, desired_size: 2 },
    update_config: { max_unavailable_percentage: 25 },
    // The autoscaler owns the size after creation.
    lifecycle: { create_before_destroy: true, ignore_changes: ["scaling_config[0].desired_size"] },
  });
});

test("a template that asks for a token of the metadata service, one hop away, and encrypts the disk", () => {
  const stack = clusterWith({ nodeGroups: { general: GENERAL }, diskGb: 30, tags: { Team: "platform" } });
  const template = stack.one("aws_launch_template");
  expect(template).toMatchObject({
    metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
    block_device_mappings: [
      { device_name: "/dev/xvda", ebs: { volume_type: "gp3", volume_size: 30, encrypted: "true" } },
    ],
    vpc_security_group_ids: [
      `\${${stack.address("aws_security_group", "cluster/security-groups/nodes")}.id}`,
    ],
  });
  const tags = { Team: "platform", Name: "groundplan-dev-general" };
  expect(template.tag_specifications).toEqual(
    ["instance", "volume", "network-interface"].map((resource_type) => ({ resource_type, tags })),
  );
  // EKS brings the AMI, and refuses what the group says itself.
  for (const key of ["image_id", "instance_type", "iam_instance_profile"])
    expect(template).not.toHaveProperty(key);
  const address = stack.address("aws_launch_template", "cluster/node-groups/general/launch-template");
  expect(stack.one("aws_eks_node_group").launch_template).toEqual({
    id: `\${${address}.id}`,
    version: `\${tostring(${address}.latest_version)}`,
  });
});

test("SPOT, ARM, labels, taints, an own size and an own disk", () => {
  const group: NodeGroupOptions = {
    ...GENERAL,
    instanceTypes: ["m7g.large"],
    capacity: "SPOT",
    architecture: "arm64",
    desired: 4,
    diskGb: 200,
    labels: { workload: "batch" },
    taints: [{ key: "workload", value: "batch", effect: "NO_SCHEDULE" }],
  };
  const stack = clusterWith({ nodeGroups: { general: group, system: GENERAL }, diskGb: 30 });
  expect(stack.one("aws_eks_node_group", PATH)).toMatchObject({
    ami_type: "AL2023_ARM_64_STANDARD",
    capacity_type: "SPOT",
    labels: { workload: "batch" },
    taint: [{ key: "workload", value: "batch", effect: "NO_SCHEDULE" }],
    scaling_config: { desired_size: 4 },
  });
  expect(
    stack.one("aws_launch_template", "cluster/node-groups/general/launch-template").block_device_mappings,
  ).toMatchObject([{ ebs: { volume_size: 200 } }]);
});

test("nodes wait for their role, their rules, and the network of their pods", () => {
  const stack = clusterWith();
  const waits = stack.one("aws_eks_node_group", PATH).depends_on;
  for (const addon of ["vpc-cni", "eks-pod-identity-agent", "kube-proxy"]) {
    expect(waits).toContain(stack.address("aws_eks_addon", `cluster/addons/${addon}/addon`));
  }
  expect(waits).not.toContain(stack.address("aws_eks_addon", "cluster/addons/coredns/addon"));
  expect(waits).toContain(
    stack.address("aws_iam_role_policy_attachment", "cluster/roles/nodes/AmazonEKSWorkerNodePolicy"),
  );
  expect(waits).toContain(
    stack.address("aws_vpc_security_group_ingress_rule", "cluster/security-groups/cluster-from-nodes"),
  );
});

test("a group that goes, comes or moves touches no other", () => {
  const spot: NodeGroupOptions = { instanceTypes: ["t3.large"], capacity: "SPOT", min: 0, max: 3 };
  const before = clusterWith({ nodeGroups: { general: GENERAL, spot } }).byAddress();
  const after = clusterWith({ nodeGroups: { compute: spot, general: GENERAL } }).byAddress();
  const kept = [...before].filter(([address]) => !address.includes("spot"));
  expect(kept).toHaveLength(before.size - 3);
  for (const [address, resource] of kept) {
    // Add-ons that need nodes wait for all groups.
    if (/addons_(coredns|aws-ebs-csi-driver)_addon/.test(address)) continue;
    expect(after.get(address)).toEqual(resource);
  }
});

describe("the image's release", () => {
  const withGroup = (change: Partial<NodeGroupOptions>) => ({
    nodeGroups: { general: { ...GENERAL, ...change } },
  });
  const synthesized = (change: Partial<NodeGroupOptions>) =>
    JSON.parse(Testing.synth(stackWith(withGroup(change)).stack)) as {
      data: { aws_ssm_parameter: Record<string, { name: string }> };
      check?: Record<string, { assert: { condition: string; error_message: string } }>;
      resource: { aws_eks_node_group: Record<string, Record<string, unknown>> };
    };
  const only = (all: Record<string, Record<string, unknown>>) => Object.values(all)[0];

  test("is the newest that AWS publishes on the day of the plan", () => {
    const { data, resource, check } = synthesized({});
    const [[id, { name }]] = Object.entries(data.aws_ssm_parameter) as [[string, { name: string }]];
    expect(name).toBe(
      "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/release_version",
    );
    const group = only(resource.aws_eks_node_group);
    expect(group?.release_version).toBe(`\${data.aws_ssm_parameter.${id}.insecure_value}`);
    expect(check).toBeUndefined();
  });

  test("is a pinned one, and each plan compares it with the newest", () => {
    const { data, resource, check } = synthesized({ releaseVersion: "1.35.2-20261110" });
    const group = only(resource.aws_eks_node_group);
    expect(group?.release_version).toBe("1.35.2-20261110");
    const newest = `data.aws_ssm_parameter.${Object.keys(data.aws_ssm_parameter)[0]}.insecure_value`;
    expect(check).toEqual({
      "node-image-general": {
        assert: {
          condition: `\${(${newest} == "1.35.2-20261110")}`,
          error_message: expect.stringContaining(`AWS has released \${${newest}}`),
        },
      },
    });
  });

  test("an update's force, size and waiting are settings", () => {
    const { resource } = synthesized({
      forceUpdate: true,
      maxUnavailable: 2,
      timeoutMinutes: { update: 90 },
    });
    expect(only(resource.aws_eks_node_group)).toMatchObject({
      force_update_version: true,
      update_config: { max_unavailable: 2 },
      timeouts: { update: "90m" },
    });
    const plain = only(synthesized({}).resource.aws_eks_node_group);
    for (const key of ["force_update_version", "timeouts"]) expect(plain).not.toHaveProperty(key);
  });
});

test.each(Object.keys(NODE_IMAGES) as NodeImage[])(
  "a group of %s: EKS's name of it, and its data's volume",
  (image) => {
    const stack = clusterWith({ nodeGroups: { general: { ...GENERAL, image } } });
    const made = NODE_IMAGES[image].x86_64;
    expect(stack.one("aws_eks_node_group").ami_type).toBe(made?.amiType);
    expect(stack.one("aws_ssm_parameter").name).toBe(made?.newestRelease("1.35"));
    expect(stack.one("aws_launch_template").block_device_mappings).toMatchObject([
      {
        device_name: image.startsWith("bottlerocket") ? "/dev/xvdb" : "/dev/xvda",
        ebs: { encrypted: "true" },
      },
    ]);
  },
);

test("types of SPOT in whatever order are the same group; on demand the order is what is tried first", () => {
  const types = (instanceTypes: readonly string[], capacity: "SPOT" | "ON_DEMAND") =>
    clusterWith({ nodeGroups: { general: { ...GENERAL, instanceTypes, capacity } } }).one(
      "aws_eks_node_group",
    ).instance_types;
  expect(types(["m5.large", "c5.large"], "SPOT")).toEqual(types(["c5.large", "m5.large"], "SPOT"));
  expect(types(["m5.large", "c5.large"], "ON_DEMAND")).toEqual(["m5.large", "c5.large"]);
});

test("a group in zones of its own, and the control plane in its own subnets", () => {
  const stack = clusterWith({
    nodeGroups: { general: { ...GENERAL, zones: ["us-east-1c"] } },
    controlPlaneSubnets: { "us-east-1b": "subnet-20", "us-east-1a": "subnet-10" },
  });
  expect(stack.one("aws_eks_node_group").subnet_ids).toEqual(["subnet-3"]);
  expect(stack.one("aws_eks_cluster").vpc_config).toMatchObject({ subnet_ids: ["subnet-10", "subnet-20"] });
});

describe("an image of one's own", () => {
  const own: NodeGroupOptions = { ...GENERAL, amiId: "ami-0123456789abcdef0", labels: { workload: "batch" } };
  const stack = clusterWith({ nodeGroups: { general: own } });
  const template = stack.one("aws_launch_template");

  test("is the template's, and EKS is told no version of it", () => {
    const group = stack.one("aws_eks_node_group");
    expect(group.ami_type).toBe("CUSTOM");
    for (const key of ["version", "release_version"]) expect(group).not.toHaveProperty(key);
    const image = stack.address("aws_ami", "cluster/node-groups/general/ami");
    expect(template.image_id).toBe(`\${data.${image}.id}`);
    expect(stack.paths("aws_ssm_parameter")).toEqual([]);
  });

  test("gets the cluster by its user data, which Terraform encodes", () => {
    const cluster = stack.address("aws_eks_cluster", "cluster/cluster");
    expect(template.user_data).toMatch(/^\$\{base64encode\(/);
    for (const part of [
      "endpoint",
      "certificate_authority[0].data",
      "kubernetes_network_config[0].service_ipv4_cidr",
    ])
      expect(template.user_data).toContain(`${cluster}.${part}`);
    expect(template.user_data).toContain("--node-labels=workload=batch");
  });

  test("planted fault: one of another architecture fails the plan", () => {
    const arm = { ...own, architecture: "arm64" as const, instanceTypes: ["m7g.large"] };
    const one = clusterWith({ nodeGroups: { general: arm } }).one("aws_ami");
    expect(one.lifecycle).toMatchObject({
      postcondition: [
        { condition: expect.stringMatching(/\$\{self\.architecture\}|self\.architecture == "arm64"/) },
      ],
    });
    expect(faultsOf({ nodeGroups: { general: { ...own, architecture: "arm64" } } })).toContain(
      "general.instanceTypes has m5.large, m5.xlarge, whose processors are x86_64",
    );
  });

  test.each<[string, Partial<NodeGroupOptions>]>([
    ['general.amiId is "ami-x": not the id of an AMI', { amiId: "ami-x" }],
    ["general.releaseVersion is a release of EKS's image", { releaseVersion: "latest" }],
    ["general.bottlerocketSettings is for Bottlerocket", { bottlerocketSettings: {} }],
  ])("refuses: %s", (said, change) => {
    expect(faultsOf({ nodeGroups: { general: { ...own, ...change } } })).toContain(said);
  });
});

test.each<[Partial<NodeGroupOptions>, RegExp | undefined]>([
  [
    { instanceTypes: ["g5.xlarge"] },
    /g5\.xlarge have processors that image "al2023" has no drivers for: use "al2023-nvidia"/,
  ],
  [{ instanceTypes: ["g5.xlarge"], image: "al2023-nvidia" }, undefined],
  [{ instanceTypes: ["inf2.xlarge"], image: "al2023-nvidia" }, /use "al2023-neuron"/],
  [
    { instanceTypes: ["m5.large"], image: "bottlerocket-nvidia" },
    /nothing that needs its drivers: use image "bottlerocket"/,
  ],
  [{ instanceTypes: ["p6-b200.48xlarge"], amiId: "ami-0123456789abcdef0" }, undefined],
])("a synth says of %j: %s", (change, said) => {
  const warnings = nodeGroupWarnings("general", { ...GENERAL, ...change });
  expect(warnings).toEqual(said === undefined ? [] : [expect.stringMatching(said)]);
});
