import type { ClusterProps } from "@groundplan/modules/cluster";
import { autoModeAddonFaults } from "@groundplan/modules/cluster/auto-mode";
import { clusterWith, faultsOf, stackWith } from "./fixtures";

const AUTO: Partial<ClusterProps> = { compute: "auto", nodeGroups: {} };

describe("EKS Auto Mode", () => {
  const stack = clusterWith(AUTO);
  const cluster = stack.one("aws_eks_cluster");

  test("starts nodes, makes volumes and load balancers: the three together", () => {
    expect(cluster).toMatchObject({
      compute_config: { enabled: true, node_pools: ["general-purpose", "system"] },
      kubernetes_network_config: { elastic_load_balancing: { enabled: true } },
      storage_config: { block_storage: { enabled: true } },
      bootstrap_self_managed_addons: false,
    });
    const plain = clusterWith().one("aws_eks_cluster");
    for (const key of ["compute_config", "kubernetes_network_config", "storage_config"])
      expect(plain).not.toHaveProperty(key);
  });

  test("has no groups of nodes, and none of the add-ons that it brings", () => {
    for (const type of ["aws_eks_node_group", "aws_launch_template", "aws_eks_addon"])
      expect(stack.paths(type)).toEqual([]);
    const more = clusterWith({ ...AUTO, optionalAddons: ["aws-efs-csi-driver"] });
    expect(more.paths("aws_eks_addon")).toEqual(["cluster/addons/aws-efs-csi-driver/addon"]);
  });

  test("its roles have what it needs, and stand before the cluster", () => {
    const attached = (role: string) =>
      stack
        .paths("aws_iam_role_policy_attachment")
        .filter((path) => path.startsWith(`cluster/roles/${role}/`))
        .map((path) => path.split("/").at(-1))
        .sort();
    expect(attached("cluster")).toEqual([
      "AmazonEKSBlockStoragePolicy",
      "AmazonEKSClusterPolicy",
      "AmazonEKSComputePolicy",
      "AmazonEKSLoadBalancingPolicy",
      "AmazonEKSNetworkingPolicy",
    ]);
    expect(attached("nodes")).toEqual([
      "AmazonEC2ContainerRegistryPullOnly",
      "AmazonEKSWorkerNodeMinimalPolicy",
    ]);
    for (const path of stack.paths("aws_iam_role_policy_attachment"))
      expect(cluster.depends_on).toContain(stack.address("aws_iam_role_policy_attachment", path));
    expect(stack.one("aws_iam_role", "cluster/roles/cluster/role").assume_role_policy).toContain(
      "sts:TagSession",
    );
    expect(clusterWith().one("aws_iam_role", "cluster/roles/cluster/role").assume_role_policy).not.toContain(
      "sts:TagSession",
    );
  });

  test("tells others the group of its nodes, which EKS makes", () => {
    const made = stackWith(AUTO).cluster.contract;
    expect(made.nodeSecurityGroupId).not.toBe(stackWith().cluster.contract.nodeSecurityGroupId);
  });

  test("makes no group of nodes that none of them would have, with Fargate beside it neither", () => {
    const fargateProfiles = { jobs: { selectors: [{ namespace: "jobs" }] } };
    for (const one of [stack, clusterWith({ ...AUTO, fargateProfiles })]) {
      expect(one.paths("aws_security_group")).toEqual(["cluster/security-groups/cluster"]);
      expect(one.paths("aws_vpc_security_group_ingress_rule")).toEqual([]);
    }
    // With groups of nodes both are made, and Fargate reaches them.
    const grouped = clusterWith({ fargateProfiles });
    expect(grouped.paths("aws_security_group")).toHaveLength(2);
    expect(grouped.paths("aws_vpc_security_group_ingress_rule")).toHaveLength(6);
  });

  test.each<[string, Partial<ClusterProps>]>([
    ['compute is "auto", and nodeGroups has general', { compute: "auto" }],
    ["which Auto Mode has of its own", { ...AUTO, optionalAddons: ["eks-node-monitoring-agent"] }],
    ["prefixDelegation is true", { ...AUTO, prefixDelegation: true }],
    ['compute is "automatic"', { compute: "automatic" as "auto" }],
    ["a cluster without nodes runs no pods", { nodeGroups: {} }],
  ])("planted fault: %s", (said, change) => {
    expect(faultsOf(change)).toContain(said);
  });

  test("charts that do the same are faults, and others are none", () => {
    const faults = autoModeAddonFaults({ nodeAutoscaler: "karpenter", loadBalancerController: true });
    expect(faults.map(({ what }) => what.split(" is ")[0])).toEqual([
      "addons.nodeAutoscaler",
      "addons.loadBalancerController",
    ]);
    expect(autoModeAddonFaults({ nodeAutoscaler: "none", loadBalancerController: false })).toEqual([]);
  });
});
