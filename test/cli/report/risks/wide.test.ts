import { allow, create, policy } from "./risk-fixtures";

const levels = (type: string, statement: object, name = "policy") =>
  create(type, { [name]: policy(statement) }).map((text) => text.split(" ")[0]);
const narrowed = { Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } } };
const regional = { Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } } };

test.each([
  ["high", allow("*", "*")],
  ["high", allow("*:*", "*", regional)],
  ["high", { Effect: "Allow", NotAction: "organizations:*", Resource: "*" }],
  ["high", { Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::a" }],
  ["high", allow("iam:*", "*")],
  ["high", allow("iam:*", "arn:aws:iam::*:*")],
  ["high", { Effect: "Allow", Action: "iam:*", NotResource: "arn:aws:iam::123456789012:role/admin" }],
  ["high", allow("iam:PassRole", "*")],
  ["high", allow("iam:Pass*", "arn:aws:iam::123456789012:role/*")],
  ["high", allow("IAM:createpolicyversion", "*")],
  ["high", allow("sts:AssumeRole", "*")],
  ["high", allow(["s3:GetObject", "iam:AttachUserPolicy"], ["arn:aws:s3:::a", "*"])],
  ["high", allow("s3:*", "arn:aws:s3:::*")],
  ["medium", allow("iam:PassRole", "*", narrowed)],
  ["medium", allow("*", "*", narrowed)],
  ["medium", allow("*", "arn:aws:s3:::a/*")],
  ["medium", allow("ec2:*", "*")],
  ["medium", allow("ec2:*", "*", regional)],
])("%s in a new policy of whatever kind: %j", (level, statement) => {
  for (const type of [
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
  ]) {
    expect(levels(type, statement)).toEqual([level]);
  }
  expect(levels("aws_ssoadmin_permission_set_inline_policy", statement, "inline_policy")).toEqual([level]);
});

test.each([
  [allow("s3:GetObject")],
  [allow("s3:GetObject", "*")],
  [allow("ec2:Describe*", "*")],
  [allow("s3:*", "arn:aws:s3:::a/*")],
  [allow("ec2:*", "*", narrowed)],
  [allow("iam:PassRole", "arn:aws:iam::123456789012:role/dev-*")],
  [allow("iam:*", "arn:aws:iam::123456789012:role/dev-*")],
  [allow(["iam:GetRole", "iam:List*"], "*")],
  [allow("sts:AssumeRole", "arn:aws:iam::*:role/cdk-*")],
  [allow("sts:GetCallerIdentity", "*")],
])("nothing in a new policy: %j", (statement) => {
  expect(levels("aws_iam_policy", statement)).toEqual([]);
});

describe("policies of things", () => {
  const root = { AWS: "arn:aws:iam::123456789012:root" };
  const to = (Principal: object | string, Condition?: object) =>
    allow("kms:*", "*", { Principal, ...(Condition ? { Condition } : {}) });

  test.each([
    ["high", to("*")],
    ["high", to({ AWS: ["*"] }, { Bool: { "aws:SecureTransport": "true" } })],
    ["medium", to({ AWS: "arn:aws:iam::999988887777:root" })],
  ])("%s: %j", (level, statement) => {
    expect(levels("aws_kms_key", statement)).toEqual([level]);
  });

  test.each([
    [to(root)],
    [to({ Service: "logs.amazonaws.com" })],
    [to("*", { StringEquals: { "aws:PrincipalOrgID": "o-a" } })],
  ])("nothing: %j", (statement) => {
    expect(levels("aws_kms_key", statement)).toEqual([]);
  });
});
