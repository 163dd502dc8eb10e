import { allow, policy, update } from "./risk-fixtures";

const but = (NotAction: string | string[]) => ({ Effect: "Allow", NotAction, Resource: "arn:aws:s3:::a/*" });
const account = { AWS: "arn:aws:iam::123456789012:root" };
const change = (before: object, after: object) =>
  update("aws_iam_policy", { policy: policy(before) }, { policy: policy(after) });

test.each([
  ["another action", allow("s3:GetObject"), allow(["s3:GetObject", "s3:PutObject"])],
  [
    "another resource",
    allow("s3:GetObject"),
    allow("s3:GetObject", ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]),
  ],
  ["a wildcard", allow("s3:GetObject"), allow("s3:Get*")],
  ["a place for any letter", allow("s3:GetObject"), allow("s3:Get?bject")],
  [
    "a condition less",
    allow("s3:GetObject", "*", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }),
    allow("s3:GetObject", "*"),
  ],
  [
    "another value of a condition",
    allow("s3:GetObject", "*", { Condition: { StringEquals: { "aws:PrincipalOrgID": ["o-a"] } } }),
    allow("s3:GetObject", "*", { Condition: { StringEquals: { "aws:PrincipalOrgID": ["o-a", "o-b"] } } }),
  ],
  [
    "an exception of a condition less",
    allow("s3:GetObject", "*", { Condition: { StringNotEquals: { "aws:PrincipalOrgID": ["o-a", "o-b"] } } }),
    allow("s3:GetObject", "*", { Condition: { StringNotEquals: { "aws:PrincipalOrgID": ["o-a"] } } }),
  ],
  [
    "another principal",
    allow("s3:GetObject", "*", { Principal: account }),
    allow("s3:GetObject", "*", { Principal: "*" }),
  ],
  ["everything but", allow("s3:GetObject"), but("iam:*")],
  ["everything but less", but(["iam:*", "sts:*"]), but("iam:*")],
  ["everything but a part", but("iam:*"), but("iam:Get*")],
  [
    "a resource of those left out",
    { ...allow("s3:GetObject"), Resource: undefined, NotResource: "arn:aws:s3:::a/*" },
    allow("s3:GetObject", "*"),
  ],
])("%s broadens, and the other way round narrows", (_, before, after) => {
  expect(change(before, after)[0]).toMatch(/ iam-broadened: policy now allows /);
  expect(change(after, before)).toEqual([]);
});

test.each([
  ["an action that is left out", but("iam:*"), allow("iam:PassRole")],
  ["a pattern that takes in one that is left out", but("iam:*"), allow("i*")],
  ["a pattern with another", but("*:Get*"), allow("s3:*Object")],
])("%s is new", (_, before, after) => {
  expect(change(before, after)).toHaveLength(1);
});

test("what an older statement covers is not new", () => {
  const wide = allow(["s3:*", "sqs:SendMessage"], "*");
  expect(change(wide, allow(["s3:GetObject", "S3:put*"], "arn:aws:s3:::b/*"))).toEqual([]);
  expect(change(allow("s3:Get?bject"), allow("s3:GetObject"))).toEqual([]);
  expect(change(but("s3:Get*"), allow("s3:Put*"))).toEqual([]);
  const and = { Condition: { StringLike: { "aws:SourceArn": "arn:aws:s3:::a*" } } };
  const more = {
    Condition: {
      StringLike: { "aws:SourceArn": "arn:aws:s3:::ab" },
      Bool: { "aws:SecureTransport": "true" },
    },
  };
  expect(change(allow("s3:GetObject", "*", and), allow("s3:GetObject", "*", more))).toEqual([]);
});

test("what an account may with wildcards, a role of it may", () => {
  const role = { AWS: "arn:aws:iam::123456789012:role/ci" };
  const other = { AWS: "arn:aws:iam::999988887777:role/ci" };
  const wide = allow("s3:*", "*", { Principal: account });
  expect(change(wide, allow("s3:GetObject", "*", { Principal: role }))).toEqual([]);
  expect(change(wide, allow("s3:GetObject", "*", { Principal: other }))).toHaveLength(1);
});

test("an order of keys or of statements changes nothing", () => {
  const first = { Condition: { Bool: { a: "1", b: "2" }, StringEquals: { c: "3" } } };
  const second = { Condition: { StringEquals: { c: ["3"] }, Bool: { b: "2", a: "1" } } };
  expect(change(allow("s3:Get", "*", first), allow("s3:Get", "*", second))).toEqual([]);
});
