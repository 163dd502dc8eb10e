import { AWS_PROVIDER_VERSIONS, awsProvider, TERRAFORM_VERSIONS } from "@groundplan/modules/core";
import {
  providerChoiceFaults,
  providerConstraint,
  providerHas,
} from "@groundplan/modules/core/provider-versions";
import { TerraformStack, Testing } from "cdktf";

test("the provider takes one account in one Region, and any version of the range", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  awsProvider(stack, { region: "eu-central-1", account: "123456789012" });
  const { provider, terraform } = JSON.parse(Testing.synth(stack));
  expect(provider.aws).toEqual([{ region: "eu-central-1", allowed_account_ids: ["123456789012"] }]);
  expect(terraform.required_providers.aws.version).toBe(AWS_PROVIDER_VERSIONS);
  expect(terraform.required_version).toBe(TERRAFORM_VERSIONS);
});

test.each([
  ["6.x", ">= 6.0.0, < 7.0.0"],
  ["6.66.x", ">= 6.66.0, < 6.67.0"],
  ["6.66.1", "6.66.1"],
  ["^6.8.0", ">= 6.8.0, < 7.0.0"],
  // The range begins within the major.
  ["5.x", ">= 5.100.0, < 6.0.0"],
])("the versions %s are %s", (choice, constraint) => {
  expect(providerChoiceFaults(choice)).toEqual([]);
  expect(providerConstraint(choice)).toBe(constraint);
  const stack = new TerraformStack(Testing.app(), "stack");
  awsProvider(stack, { region: "eu-central-1", account: "123456789012", versions: choice });
  expect(JSON.parse(Testing.synth(stack)).terraform.required_providers.aws.version).toBe(constraint);
});

test.each(["7.x", "5.99.x", "4.x", "^7.0.0", "5.99.1"])("%s is not within the range", (choice) => {
  expect(providerChoiceFaults(choice).map(({ what }) => what)).toEqual([
    `AWS provider "${choice}" is not within "${AWS_PROVIDER_VERSIONS}", which Groundplan's output is valid for`,
  ]);
});

test.each(["6", "~> 6.0", "x", "6.x.1", "^6.x", ""])("%j names no versions", (choice) => {
  expect(providerChoiceFaults(choice).map(({ what }) => what)).toEqual([
    `AWS provider ${JSON.stringify(choice)} names no versions`,
  ]);
});

test("what a version brought is there when all that are taken have it", () => {
  expect([undefined, "5.x", "6.x", "6.7.x", "6.7.9"].map((choice) => providerHas(choice, "6.8.0"))).toEqual(
    Array(5).fill(false),
  );
  expect(["^6.8.0", "6.8.x", "6.66.0"].map((choice) => providerHas(choice, "6.8.0"))).toEqual(
    Array(3).fill(true),
  );
});
