import type { NodeGroupOptions } from "@groundplan/modules/cluster";
import { clusterWith } from "./fixtures";

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
  const stack = clusterWith({ nodeGroups: { general: group }, diskGb: 30 });
  expect(stack.one("aws_eks_node_group")).toMatchObject({
    ami_type: "AL2023_ARM_64_STANDARD",
    capacity_type: "SPOT",
    labels: { workload: "batch" },
    taint: [{ key: "workload", value: "batch", effect: "NO_SCHEDULE" }],
    scaling_config: { desired_size: 4 },
  });
  expect(stack.one("aws_launch_template").block_device_mappings).toMatchObject([
    { ebs: { volume_size: 200 } },
  ]);
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
  expect(kept).toHaveLength(before.size - 2);
  for (const [address, resource] of kept) {
    // Add-ons that need nodes wait for all groups.
    if (/addons_(coredns|aws-ebs-csi-driver)_addon/.test(address)) continue;
    expect(after.get(address)).toEqual(resource);
  }
});
