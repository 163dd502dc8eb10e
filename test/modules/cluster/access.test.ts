import { clusterWith } from "./fixtures";

const ROLE = "arn:aws:iam::123456789012:role/developers";

test("the cluster's own admin role administers it, and nobody else gets in", () => {
  const stack = clusterWith();
  const admin = `\${${stack.address("aws_iam_role", "cluster/roles/admin/role")}.arn}`;
  expect(stack.one("aws_eks_access_entry")).toMatchObject({ principal_arn: admin, type: "STANDARD" });
  expect(stack.one("aws_eks_access_policy_association")).toMatchObject({
    policy_arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    access_scope: { type: "cluster" },
  });
});

test("the admin role reads the cluster's address, and nothing else of AWS", () => {
  const stack = clusterWith();
  const policy = stack.one("aws_iam_role_policy", "cluster/roles/admin/describe-cluster").policy;
  expect(JSON.parse(String(policy)).Statement).toEqual([
    {
      Effect: "Allow",
      Action: "eks:DescribeCluster",
      Resource: "arn:aws:eks:us-east-1:123456789012:cluster/groundplan-dev",
    },
  ]);
});

test("others get in by policies for namespaces or the cluster, and by groups", () => {
  const stack = clusterWith({
    access: {
      developers: {
        principalArn: ROLE,
        policies: { AmazonEKSEditPolicy: ["apps", "jobs"], AmazonEKSViewPolicy: "*" },
        groups: ["developers"],
      },
    },
  });
  const scope = "cluster/access/developers";
  expect(stack.one("aws_eks_access_entry", `${scope}/entry`)).toMatchObject({
    principal_arn: ROLE,
    kubernetes_groups: ["developers"],
  });
  expect(stack.one("aws_eks_access_policy_association", `${scope}/AmazonEKSEditPolicy`).access_scope).toEqual(
    {
      type: "namespace",
      namespaces: ["apps", "jobs"],
    },
  );
  expect(stack.one("aws_eks_access_policy_association", `${scope}/AmazonEKSViewPolicy`).access_scope).toEqual(
    {
      type: "cluster",
    },
  );
});

test("in China the policies have China's partition", () => {
  const stack = clusterWith({ region: "cn-north-1" });
  expect(stack.one("aws_eks_access_policy_association").policy_arn).toBe(
    "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
  );
});
