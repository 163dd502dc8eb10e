import { PULL_ACTIONS, PUSH_ACTIONS } from "@groundplan/modules/registry";
import { type Grant, type Grantee, granteeFaults, grantStatements } from "../../../modules/registry/grants";

const ROLE = "arn:aws:iam::210987654321:role/deploy";
const LAMBDA: Grantee = {
  service: "lambda.amazonaws.com",
  sourceArn: "arn:aws:lambda:us-east-1:210987654321:function:*",
};

test("a pull reads, a push writes too, and neither deletes or administers", () => {
  expect(PUSH_ACTIONS).toEqual(expect.arrayContaining([...PULL_ACTIONS]));
  const all = [...PULL_ACTIONS, ...PUSH_ACTIONS].join();
  expect(all).not.toMatch(/\*|Delete|Policy|GetAuthorizationToken/);
});

test("those who were granted the same stand in one statement, services in one each", () => {
  const grants: readonly Grant[] = [
    { access: "Pull", grantee: { arn: ROLE } },
    { access: "Pull", grantee: { account: "111111111111" } },
    { access: "Push", grantee: { arn: ROLE } },
    { access: "Pull", grantee: LAMBDA },
  ];
  const expected = [
    {
      Sid: "Pull",
      Effect: "Allow",
      Principal: { AWS: ["arn:aws:iam::111111111111:root", ROLE] },
      Action: PULL_ACTIONS,
    },
    {
      Sid: "PullService1",
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: PULL_ACTIONS,
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:lambda:us-east-1:210987654321:function:*" } },
    },
    { Sid: "Push", Effect: "Allow", Principal: { AWS: [ROLE] }, Action: PUSH_ACTIONS },
  ];
  expect(grantStatements(grants, "aws")).toEqual(expected);
  expect(grantStatements([...grants, ...grants].reverse(), "aws")).toEqual(expected);
  expect(grantStatements([], "aws")).toEqual([]);
});

test("an account's ARN is of the partition", () => {
  const grants: readonly Grant[] = [{ access: "Push", grantee: { account: "111111111111" } }];
  expect(grantStatements(grants, "aws-cn")[0]?.Principal).toEqual({
    AWS: ["arn:aws-cn:iam::111111111111:root"],
  });
});

test.each<Grantee>([
  { account: "111111111111" },
  { arn: ROLE },
  { arn: "arn:aws:iam::111111111111:role/path/of/deploy" },
  { arn: "arn:aws-us-gov:iam::111111111111:user/ci" },
  { arn: "arn:aws:sts::111111111111:assumed-role/deploy/session" },
  { arn: `\${aws_iam_role.deploy.arn}` },
  { account: `\${data.aws_caller_identity.account.account_id}` },
  LAMBDA,
])("%j is let in", (grantee) => {
  expect(granteeFaults(grantee)).toEqual([]);
});

test.each<[Grantee, string]>([
  [{ account: "123" }, 'account "123" has not 12 digits'],
  [{ account: "*" }, 'account "*" has not 12 digits'],
  [{ arn: "*" }, 'grantee "*" is not the ARN of a role or a user'],
  [{ arn: "arn:aws:iam::111111111111:role/*" }, "is not the ARN of a role or a user"],
  [{ arn: "arn:aws:iam::111111111111:root" }, "is not the ARN of a role or a user"],
  [{ arn: "arn:aws:iam::111111111111:policy/deploy" }, "is not the ARN of a role or a user"],
  [{ ...LAMBDA, service: "lambda" }, 'service "lambda" is not the principal of an AWS service'],
  [{ ...LAMBDA, service: "evil.example.com" }, "is not the principal of an AWS service"],
  [{ ...LAMBDA, sourceArn: "*" }, 'sourceArn "*" does not name resources of one account'],
  [
    { ...LAMBDA, sourceArn: "arn:aws:lambda:us-east-1:*:function:*" },
    "does not name resources of one account",
  ],
])("%j is refused", (grantee, what) => {
  const faults = granteeFaults(grantee);
  expect(faults).toHaveLength(1);
  expect(faults[0]?.what).toContain(what);
});
