import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { isHcl } from "./json";
import { providerConstraint, providerHas } from "./provider-versions";

/** Versions of Terraform that read Groundplan's output, and of OpenTofu, whose numbers are judged by the same range. */
export const TERRAFORM_VERSIONS = ">= 1.11.0";

/** Properties of {@link awsProvider}. */
export interface AwsProviderProps {
  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Id of the account, 12 digits. Every other account is refused at plan, before anything is read. */
  readonly account: string;

  /**
   * Versions of the provider that are taken, e.g. `6.x`: see `providerChoiceFaults`.
   *
   * @default - `AWS_PROVIDER_VERSIONS`
   */
  readonly versions?: string | undefined;
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
  choices.set(stack, props.versions);
  // CDKTF 0.21 writes this setting wrongly in HCL; there, synthesize() gives it a file of its own.
  if (!isHcl(stack.node.root)) stack.addOverride("terraform.required_version", TERRAFORM_VERSIONS);
  stack.addOverride("terraform.required_providers.aws.version", providerConstraint(props.versions));
  return provider;
}

/** Which versions of the AWS provider each stack takes. */
const choices = new WeakMap<TerraformStack, string | undefined>();

/**
 * Whether every version of the AWS provider that the stack of a construct takes has what a version brought: an argument of
 * it may then be written.
 *
 * @param version - e.g. `6.8.0`.
 */
export function stackProviderHas(scope: Construct, version: string): boolean {
  return providerHas(choices.get(TerraformStack.of(scope)), version);
}
