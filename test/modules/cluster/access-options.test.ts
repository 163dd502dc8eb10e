import { type AccessOptions, accessFaults } from "@groundplan/modules/cluster";

const ROLE = "arn:aws:iam::123456789012:role/developers";

test.each<[string, AccessOptions]>([
  ["a policy for the cluster", { principalArn: ROLE, policies: { AmazonEKSViewPolicy: "*" } }],
  [
    "policies for namespaces",
    { principalArn: ROLE, policies: { AmazonEKSEditPolicy: ["apps"], AmazonEKSViewPolicy: "*" } },
  ],
  ["groups of one's own", { principalArn: "arn:aws:iam::123456789012:user/ada", groups: ["developers"] }],
  [
    "a role with a path",
    { principalArn: "arn:aws-cn:iam::123456789012:role/aws-reserved/sso/X", groups: ["x"] },
  ],
])("%s passes", (_, access) => {
  expect(accessFaults("developers", access)).toEqual([]);
});

test.each<[string, object, string]>([
  [
    "every role",
    { principalArn: "arn:aws:iam::123456789012:role/*", groups: ["x"] },
    "not the ARN of one role or user",
  ],
  [
    "a whole account",
    { principalArn: "arn:aws:iam::123456789012:root", groups: ["x"] },
    "not the ARN of one role or user",
  ],
  ["a session", { principalArn: "arn:aws:sts::123456789012:assumed-role/a/b", groups: ["x"] }, "not the ARN"],
  ["nothing", { principalArn: ROLE }, "developers is admitted and may do nothing"],
  [
    "a policy of IAM",
    { principalArn: ROLE, policies: { AdministratorAccess: "*" } },
    "not an access policy of EKS",
  ],
  ["no namespace", { principalArn: ROLE, policies: { AmazonEKSViewPolicy: [] } }, "is for no namespace"],
  [
    "the masters' group",
    { principalArn: ROLE, groups: ["system:masters"] },
    '"system:masters", which EKS refuses',
  ],
  ["no principal", { groups: ["x"] }, 'principalArn is ""'],
])("%s is refused", (_, access, what) => {
  const faults = accessFaults("developers", access as AccessOptions);
  expect(faults.map((fault) => fault.what)).toEqual([expect.stringContaining(what)]);
});

test("a name that could not be a construct's is refused", () => {
  expect(accessFaults("My Team", { principalArn: ROLE, groups: ["x"] })).toHaveLength(1);
});
