import { accountKeyStatement, partitionOf, policyDocument } from "@groundplan/modules/core";
import { TerraformOutput, TerraformStack, Testing } from "cdktf";

test("a policy is a JSON document of the current version of the language", () => {
  const statement = { Effect: "Deny", Principal: "*", Action: "s3:*" } as const;
  const stack = new TerraformStack(Testing.app(), "stack");
  new TerraformOutput(stack, "policy", { value: policyDocument([statement]) });
  const { output } = JSON.parse(Testing.synth(stack));
  expect(JSON.parse(output.policy.value)).toEqual({ Version: "2012-10-17", Statement: [statement] });
});

test.each([
  ["us-east-1", "aws"],
  ["cn-north-1", "aws-cn"],
  ["us-gov-west-1", "aws-us-gov"],
])("%s is in the partition %s", (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});

test("a key belongs to its account, and to no other principal", () => {
  expect(accountKeyStatement("123456789012", "aws-cn")).toMatchObject({
    Effect: "Allow",
    Principal: { AWS: "arn:aws-cn:iam::123456789012:root" },
    Action: "kms:*",
  });
});
