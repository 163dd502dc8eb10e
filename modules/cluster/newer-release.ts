import { Op, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { isHcl } from "../core/json";

/** A group of nodes whose image is pinned. */
export interface PinnedRelease {
  /** Name of the group. */
  readonly group: string;

  /** Its release, e.g. `1.35.2-20261110`. */
  readonly release: string;

  /** What AWS publishes as the newest; a token. */
  readonly newest: string;
}

/**
 * Lets every plan warn of a pinned image that is not the newest: a `check` of Terraform, which refuses nothing and which
 * Groundplan's reports and its look for drift carry on.
 *
 * HCL output has no check: CDKTF writes none.
 *
 * @see https://developer.hashicorp.com/terraform/language/block/check
 */
export function warnOfNewerRelease(scope: Construct, { group, release, newest }: PinnedRelease): void {
  const stack = TerraformStack.of(scope);
  if (isHcl(stack.node.root)) return;
  stack.addOverride(`check.node-image-${group}`, {
    assert: {
      condition: Op.eq(newest, release),
      error_message: `Node group ${group} has image ${release}, and AWS has released ${newest}: write it into releaseVersion, and deploy.`,
    },
  });
}
