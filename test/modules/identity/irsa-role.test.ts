import { irsaWith, statementsOf } from "./roles";

test("a role for one service account: its token, made for AWS", () => {
  const role = irsaWith({}).one("aws_iam_role");
  expect(role.name).toBe("groundplan-dev-api");
  expect(role.description).toBe("Pods of apps/api");
  expect(statementsOf(role.assume_role_policy)).toEqual([
    {
      Effect: "Allow",
      Principal: {
        Federated: "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE",
      },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:aud": "sts.amazonaws.com",
          "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub": "system:serviceaccount:apps:api",
        },
      },
    },
  ]);
});

test("several service accounts share a role, and are named one by one", () => {
  const serviceAccounts = ["api", "worker"].map((name) => ({ namespace: "apps", name }));
  const [statement] = statementsOf(irsaWith({ serviceAccounts }).one("aws_iam_role").assume_role_policy);
  expect(Object.values(statement.Condition.StringEquals)[1]).toEqual([
    "system:serviceaccount:apps:api",
    "system:serviceaccount:apps:worker",
  ]);
});

test.each<[string, { namespace: string; name: string }[], string]>([
  ["none", [], "no service account is named"],
  ["any name", [{ namespace: "apps", name: "*" }], 'service account "*"'],
  ["any namespace", [{ namespace: "*", name: "api" }], 'namespace "*"'],
  ["a name in capitals", [{ namespace: "Apps", name: "api" }], 'namespace "Apps"'],
])("%s is refused", (_, serviceAccounts, what) => {
  expect(() => irsaWith({ serviceAccounts })).toThrow(what);
});
