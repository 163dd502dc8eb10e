import type { Construct } from "constructs";
import { irsaTrust, type ServiceAccount } from "./trust";
import { WorkloadRole, type WorkloadRoleProps } from "./workload-role";

/** Properties of {@link IrsaRole}. */
export interface IrsaRoleProps extends WorkloadRoleProps {
  /** ARN of the cluster's OIDC provider: `oidcProviderArn` of the cluster's contract. */
  readonly oidcProviderArn: string;

  /** The cluster's issuer without its scheme: `oidcIssuer` of the cluster's contract. */
  readonly oidcIssuer: string;

  /** Service accounts whose pods get the role; each is annotated with `eks.amazonaws.com/role-arn`. */
  readonly serviceAccounts: readonly ServiceAccount[];
}

/**
 * A role that pods assume with the token of their service account (IRSA).
 *
 * For what Pod Identity cannot reach: Fargate, clusters outside EKS, several service accounts with one role.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
 */
export class IrsaRole extends WorkloadRole {
  constructor(scope: Construct, id: string, props: IrsaRoleProps) {
    super(scope, id, props, irsaTrust(props), props.serviceAccounts);
  }
}
