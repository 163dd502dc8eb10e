import { create, update } from "./risk-fixtures";

const everybody = (type: string, attributes: object, some: object = {}) =>
  create(type, { ...attributes }, some).filter((text) =>
    text.startsWith("high iam-broadened: lets everybody in"),
  );

test.each([
  ["aws_lambda_permission", { principal: "*" }, { source_arn: "arn:aws:s3:::a" }],
  ["aws_lambda_permission", { principal: "*" }, { principal_org_id: "o-a" }],
  ["aws_cloudwatch_event_permission", { principal: "*" }, { condition: [{ key: "aws:PrincipalOrgID" }] }],
  ["aws_lambda_layer_version_permission", { principal: "*" }, { organization_id: "o-a" }],
])("%s: %j, unless %j", (type, open, narrowed) => {
  expect(everybody(type, open)).toHaveLength(1);
  expect(create(type, { ...open, ...narrowed })).toEqual([]);
  const [name = ""] = Object.keys(narrowed);
  expect(create(type, open, { after_unknown: { [name]: true } })).toEqual([]);
  expect(update(type, open, open)).toEqual([]);
  expect(update(type, { ...open, ...narrowed }, open)).toHaveLength(1);
});

test("an image for everybody", () => {
  expect(everybody("aws_ami_launch_permission", { group: "all" })).toHaveLength(1);
  expect(create("aws_ami_launch_permission", { account_id: "123456789012" })).toEqual([]);
});

test("services and accounts", () => {
  const events = { principal: "events.amazonaws.com" };
  const narrowed = { ...events, source_arn: "arn:aws:events:us-east-1:123456789012:rule/a" };
  expect(create("aws_lambda_permission", events)).toEqual([]);
  expect(update("aws_lambda_permission", narrowed, events)[0]).toMatch(/^medium .*no longer narrowed/);
  expect(update("aws_lambda_permission", events, narrowed)).toEqual([]);
  expect(create("aws_lambda_permission", { principal: "999988887777" })).toEqual([
    "medium iam-broadened: lets another account in: 999988887777",
  ]);
  expect(create("aws_lambda_permission", { principal: "123456789012" })).toEqual([]);
});
