import { reportWith } from "./runs";

/** Groups of two environments whose function is updated to what a template makes of their facts. */
function groupsWith(template: (facts: { environment: string; account: string; region: string }) => string) {
  const plan = (environment: string, account: string, region: string) => {
    const arn = `arn:aws:lambda:${region}:${account}:function:shop`;
    const value = template({ environment, account, region });
    const change = { actions: ["update"], before: { arn, a: "old" }, after: { arn, a: value } };
    return {
      resource_changes: [{ address: "aws_lambda_function.shop", type: "aws_lambda_function", change }],
    };
  };
  return reportWith({
    "dev-shop": plan("dev", "111111111111", "eu-west-1"),
    "prod-shop": plan("prod", "222222222222", "us-east-1"),
  }).groups;
}

const ALIKE = [["dev-shop", "prod-shop"]];
const APART = [["dev-shop"], ["prod-shop"]];

test.each<[string, Parameters<typeof groupsWith>[0]]>([
  ["name", ({ environment }) => `shop-${environment}`],
  ["account and Region", ({ account, region }) => `arn:aws:sqs:${region}:${account}:orders`],
  [
    "network's ids",
    ({ environment }) => (environment === "dev" ? "subnet-0aaa1111bbb2222c3" : "subnet-0ddd1111bbb2222c3"),
  ],
])("environments that differ by their %s share a diff", (_, template) => {
  expect(groupsWith(template)).toEqual(ALIKE);
});

test.each([
  ["an image's tag", "shop:main-00000001", "shop:main-3f9c2d1a"],
  ["a digest", `sha256:${"a".repeat(64)}`, `sha256:${"b".repeat(64)}`],
  ["a date", "release-20260114", "release-20260115"],
  ["a minute", "build-202601150930", "build-202601150931"],
  ["an AMI", "ami-0aaa1111bbb2222c3", "ami-0ddd1111bbb2222c3"],
  ["a version", "1.2.3", "1.2.4"],
  ["somebody else's account", "333333333333", "444444444444"],
])("environments that differ by %s do not", (_, one, other) => {
  expect(groupsWith(({ environment }) => (environment === "dev" ? one : other))).toEqual(APART);
});
