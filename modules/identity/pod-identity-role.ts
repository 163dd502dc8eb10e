import { EksPodIdentityAssociation } from "@cdktf/provider-aws/lib/eks-pod-identity-association";
import type { Construct } from "constructs";
import { podIdentityTrust, type ServiceAccount } from "./trust";
import { WorkloadRole, type WorkloadRoleProps } from "./workload-role";

/** A cluster as Pod Identity sees it. */
export interface PodIdentityCluster {
  /** Name of the cluster; where the same stack makes it, its `contract.name`, so that the association comes after it. */
  readonly clusterName: string;

  /** ARN of the cluster. */
  readonly clusterArn: string;

  /** AWS account of the cluster, 12 digits. */
  readonly account: string;
}

/** Properties of {@link PodIdentityRole}. */
export interface PodIdentityRoleProps extends WorkloadRoleProps, PodIdentityCluster {
  /** The service account whose pods get the role; it needs no annotation. */
  readonly serviceAccount: ServiceAccount;

  /**
   * Associates the role with the service account. Off where an EKS add-on does that itself.
   *
   * @default true
   */
  readonly associate?: boolean;
}

/**
 * A role that pods get from the Pod Identity agent: the way to give a workload rights in AWS.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
 */
export class PodIdentityRole extends WorkloadRole {
  /** Associates the role with the service account: pods that must have it depend on this; none without `associate`. */
  readonly association: EksPodIdentityAssociation | undefined;

  constructor(scope: Construct, id: string, props: PodIdentityRoleProps) {
    super(scope, id, props, podIdentityTrust(props), [props.serviceAccount]);
    if (props.associate === false) return;
    this.association = new EksPodIdentityAssociation(this, "association", {
      clusterName: props.clusterName,
      namespace: props.serviceAccount.namespace,
      serviceAccount: props.serviceAccount.name,
      roleArn: this.arn,
      tags: { Name: props.roleName },
    });
  }
}
