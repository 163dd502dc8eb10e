import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Aspects, type IAspect, TerraformResource, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { documentOf, type Fault, SynthError } from "../core";
import { trustFaults } from "./trust-faults";

function isRole(node: IConstruct): node is IamRole {
  return TerraformResource.isTerraformResource(node) && node.terraformResourceType === "aws_iam_role";
}

class TrustAspect implements IAspect {
  constructor(private readonly stack: TerraformStack) {}

  /** Looks at all roles at once, so that their faults stand in one error. */
  visit(node: IConstruct): void {
    if (node !== this.stack) return;
    const faults = node.node.findAll().filter(isRole).flatMap(roleFaults);
    if (faults.length > 0) throw new SynthError(node, faults);
  }
}

function roleFaults(role: IamRole): readonly Fault[] {
  const document = documentOf(role.assumeRolePolicyInput ?? "");
  // A trust that Terraform reads from elsewhere says nothing at synth.
  if (!document) return [];
  return trustFaults(document).map(({ what, instead }) => ({
    what: `role ${JSON.stringify(role.node.id)}: ${what}`,
    instead,
    at: role.node.path,
  }));
}

/**
 * Fails the synth of a stack with a role that strangers could assume.
 *
 * @see trustFaults for what counts.
 */
export function requireTrustConditions(stack: TerraformStack): void {
  Aspects.of(stack).add(new TrustAspect(stack));
}
