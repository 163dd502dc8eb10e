import { podWith, statementsOf } from "./roles";

test("a role for one service account of one cluster, associated with it", () => {
  const stack = podWith({});
  expect(statementsOf(stack.one("aws_iam_role").assume_role_policy)).toEqual([
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:SourceAccount": "123456789012",
          "aws:RequestTag/kubernetes-namespace": "apps",
          "aws:RequestTag/kubernetes-service-account": "api",
        },
        ArnEquals: { "aws:SourceArn": "arn:aws:eks:us-east-1:123456789012:cluster/groundplan-dev" },
      },
    },
  ]);
  expect(stack.one("aws_eks_pod_identity_association")).toMatchObject({
    cluster_name: "groundplan-dev",
    namespace: "apps",
    service_account: "api",
    role_arn: `\${${stack.address("aws_iam_role", "api/role")}.arn}`,
  });
});

test("an add-on associates its role itself", () => {
  expect(podWith({ associate: false }).paths("aws_eks_pod_identity_association")).toEqual([]);
});

test("a pattern in place of a name is refused, and so is a role name that IAM refuses", () => {
  expect(() => podWith({ serviceAccount: { namespace: "apps", name: "api*" } })).toThrow(
    'service account "api*"',
  );
  expect(() => podWith({ roleName: "r".repeat(65) })).toThrow("65 characters");
});
