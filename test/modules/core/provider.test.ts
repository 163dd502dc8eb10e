import { AWS_PROVIDER_VERSIONS, awsProvider, TERRAFORM_VERSIONS } from "@groundplan/modules/core";
import { TerraformStack, Testing } from "cdktf";

test("the provider takes one account in one Region, and any version of the range", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  awsProvider(stack, { region: "eu-central-1", account: "123456789012" });
  const { provider, terraform } = JSON.parse(Testing.synth(stack));
  expect(provider.aws).toEqual([{ region: "eu-central-1", allowed_account_ids: ["123456789012"] }]);
  expect(terraform.required_providers.aws.version).toBe(AWS_PROVIDER_VERSIONS);
  expect(terraform.required_version).toBe(TERRAFORM_VERSIONS);
});
