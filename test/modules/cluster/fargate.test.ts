import type { ClusterProps } from "@groundplan/modules/cluster";
import { clusterWith, faultsOf } from "./fixtures";

const PROFILES = {
  jobs: { selectors: [{ namespace: "jobs", labels: { on: "fargate" } }, { namespace: "jobs-*" }] },
  far: { selectors: [{ namespace: "far" }], zones: ["us-east-1c"] },
};

describe("pods on Fargate", () => {
  const stack = clusterWith({ fargateProfiles: PROFILES });
  const profile = (name: string) => stack.one("aws_eks_fargate_profile", `cluster/fargate/${name}/profile`);

  test("are those that a profile names, in the cluster's zones or in its own", () => {
    expect(profile("jobs")).toMatchObject({
      fargate_profile_name: "jobs",
      subnet_ids: ["subnet-1", "subnet-2"],
      selector: [{ namespace: "jobs", labels: { on: "fargate" } }, { namespace: "jobs-*" }],
    });
    expect(profile("far").subnet_ids).toEqual(["subnet-3"]);
  });

  test("have a role that Fargate of this cluster alone assumes, there before they start", () => {
    const role = stack.one("aws_iam_role", "cluster/roles/fargate/role");
    expect(role.assume_role_policy).toContain("eks-fargate-pods.amazonaws.com");
    expect(role.assume_role_policy).toContain(
      "arn:aws:eks:us-east-1:123456789012:fargateprofile/groundplan-dev/*",
    );
    const policy = "cluster/roles/fargate/AmazonEKSFargatePodExecutionRolePolicy";
    expect(profile("jobs").depends_on).toContain(stack.address("aws_iam_role_policy_attachment", policy));
  });

  test("reach nodes and are reached: they have the group that EKS makes", () => {
    const primary = `\${${stack.address("aws_eks_cluster", "cluster/cluster")}.vpc_config[0].cluster_security_group_id}`;
    const nodes = `\${${stack.address("aws_security_group", "cluster/security-groups/nodes")}.id}`;
    const rule = (id: string) =>
      stack.one("aws_vpc_security_group_ingress_rule", `cluster/security-groups/${id}`);
    expect(rule("nodes-from-primary")).toMatchObject({
      security_group_id: nodes,
      referenced_security_group_id: primary,
    });
    expect(rule("primary-from-nodes")).toMatchObject({
      security_group_id: primary,
      referenced_security_group_id: nodes,
    });
  });

  test("planted fault: without profiles there is neither role nor rule", () => {
    const plain = clusterWith();
    expect(plain.paths("aws_eks_fargate_profile")).toEqual([]);
    expect(plain.paths("aws_iam_role").filter((path) => path.includes("fargate"))).toEqual([]);
    expect(
      plain.paths("aws_vpc_security_group_ingress_rule").filter((path) => path.includes("primary")),
    ).toEqual([]);
  });

  test.each<[string, ClusterProps["fargateProfiles"] & object]>([
    ['Fargate profile "A"', { A: { selectors: [{ namespace: "a" }] } }],
    ['Fargate profile "eks-a"', { "eks-a": { selectors: [{ namespace: "a" }] } }],
    ["a.selectors has 0", { a: { selectors: [] } }],
    ['a.selectors has namespace "A_b"', { a: { selectors: [{ namespace: "A_b" }] } }],
    ['a.selectors has namespace "kube-system"', { a: { selectors: [{ namespace: "kube-system" }] } }],
    ['a.selectors has namespace "*"', { a: { selectors: [{ namespace: "*" }] } }],
    ['a.selectors has namespace "kube-*"', { a: { selectors: [{ namespace: "kube-*" }] } }],
    ['a.selectors has namespace "kube-s?stem"', { a: { selectors: [{ namespace: "kube-s?stem" }] } }],
    [
      'a.selectors has 6 labels for "a"',
      {
        a: {
          selectors: [{ namespace: "a", labels: Object.fromEntries([..."abcdef"].map((one) => [one, "1"])) }],
        },
      },
    ],
    ['a.zones has "us-east-1z"', { a: { selectors: [{ namespace: "a" }], zones: ["us-east-1z"] } }],
  ])("refuses: %s", (said, fargateProfiles) => {
    expect(faultsOf({ fargateProfiles })).toContain(said);
  });

  test("a profile that is called like a group of nodes hides none of the group's faults", () => {
    const jobs = { instanceTypes: ["m5.large"], min: 1, max: 2 };
    const nodeGroups = { jobs: { ...jobs, zones: ["us-east-1z"] } };
    const fargateProfiles = { jobs: { selectors: [{ namespace: "jobs" }] } };
    expect(faultsOf({ nodeGroups, fargateProfiles })).toContain('jobs.zones has "us-east-1z"');
    expect(faultsOf({ nodeGroups: { jobs }, fargateProfiles })).toBe("");
  });
});
