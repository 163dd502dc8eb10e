import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { isHcl } from "./json";

/**
 * Versions of the AWS provider that Groundplan's output is valid for.
 *
 * The bindings pin one exact version; a range lets a team choose its own. Version 5.100 is the last
 * of its major; the types of the bindings (6.25) keep out what version 6 dropped.
 */
export const AWS_PROVIDER_VERSIONS = ">= 5.100.0, < 7.0.0";

/** Versions of Terraform that read Groundplan's output; OpenTofu 1.10 reports itself in the same range. */
export const TERRAFORM_VERSIONS = ">= 1.10.0";

/** Properties of {@link awsProvider}. */
export interface AwsProviderProps {
  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Id of the account, 12 digits. Every other account is refused at plan, before anything is read. */
  readonly account: string;
}

/**
 * The AWS provider of a stack, held to one account and Region, with a version range.
 *
 * Endpoints, credentials and retries come from the environment (`AWS_ENDPOINT_URL`, `AWS_PROFILE`, …):
 * nothing here knows of an emulator.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs
 */
export function awsProvider(scope: Construct, props: AwsProviderProps): AwsProvider {
  const provider = new AwsProvider(scope, "aws", {
    region: props.region,
    allowedAccountIds: [props.account],
  });
  const stack = TerraformStack.of(scope);
  // CDKTF 0.21 writes this setting wrongly in HCL; there, synthesize() gives it a file of its own.
  if (!isHcl(stack.node.root)) stack.addOverride("terraform.required_version", TERRAFORM_VERSIONS);
  stack.addOverride("terraform.required_providers.aws.version", AWS_PROVIDER_VERSIONS);
  return provider;
}
