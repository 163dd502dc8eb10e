import { accountOf, vpcWith } from "./synthesized";

const ACCOUNT = accountOf(vpcWith());

function policy(text: unknown): { Statement: readonly Record<string, unknown>[] } {
  return JSON.parse(String(text));
}

test("flow logs go to a log group of their own, kept for 30 days", () => {
  const stack = vpcWith();
  expect(stack.one("aws_cloudwatch_log_group")).toEqual({
    name: "/aws/vpc-flow-logs/dev",
    retention_in_days: 30,
    tags: { Name: "/aws/vpc-flow-logs/dev" },
  });
  const group = stack.address("aws_cloudwatch_log_group", "vpc/flow-logs/log-group");
  const role = stack.address("aws_iam_role", "vpc/flow-logs/role");
  expect(stack.one("aws_flow_log")).toMatchObject({
    log_destination: `\${${group}.arn}`,
    iam_role_arn: `\${${role}.arn}`,
    depends_on: [stack.address("aws_iam_role_policy", "vpc/flow-logs/role-policy")],
  });
  expect(vpcWith({ flowLogs: { retentionDays: 90 } }).one("aws_cloudwatch_log_group").retention_in_days).toBe(
    90,
  );
});

test("the role is assumed by flow logs of this account and Region only", () => {
  const role = vpcWith().one("aws_iam_role");
  expect(role.name).toBe("dev-flow-logs-us-east-1");
  expect(policy(role.assume_role_policy).Statement).toEqual([
    {
      Effect: "Allow",
      Principal: { Service: "vpc-flow-logs.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "aws:SourceAccount": ACCOUNT },
        ArnLike: { "aws:SourceArn": `arn:aws:ec2:us-east-1:${ACCOUNT}:vpc-flow-log/*` },
      },
    },
  ]);
});

test("the role writes to this log group only", () => {
  const group = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/vpc-flow-logs/dev`;
  expect(policy(vpcWith().one("aws_iam_role_policy").policy).Statement).toEqual([
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      Resource: [group, `${group}:*`],
    },
    { Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
  ]);
});

test("ARNs stand in the partition of the Region", () => {
  const role = vpcWith({ availabilityZones: ["us-gov-west-1a"] }).one("aws_iam_role");
  expect(role.assume_role_policy).toContain("arn:aws-us-gov:ec2:us-gov-west-1:");
});
