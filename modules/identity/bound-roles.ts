import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Aspects, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";

class BoundaryAspect implements IAspect {
  constructor(private readonly arn: string) {}

  visit(node: IConstruct): void {
    if (node instanceof IamRole) node.permissionsBoundary = node.permissionsBoundaryInput ?? this.arn;
  }
}

/**
 * Bounds every role below a scope that does not say its own boundary.
 *
 * @param arn - ARN of the policy: `environmentBoundaryArn`. It has to be there before the roles.
 */
export function boundRoles(scope: IConstruct, arn: string): void {
  Aspects.of(scope).add(new BoundaryAspect(arn));
}
