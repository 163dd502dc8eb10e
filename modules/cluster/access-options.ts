/**
 * Access policies of EKS that Groundplan offers by name.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
export const ACCESS_POLICIES = [
  "AmazonEKSClusterAdminPolicy",
  "AmazonEKSAdminPolicy",
  "AmazonEKSAdminViewPolicy",
  "AmazonEKSEditPolicy",
  "AmazonEKSViewPolicy",
] as const;

/** An access policy of EKS. */
export type AccessPolicy = (typeof ACCESS_POLICIES)[number];

/** Who gets into a cluster, and what they may do there. */
export interface AccessOptions {
  /** ARN of the IAM role or user. */
  readonly principalArn: string;

  /**
   * What EKS lets the principal do: in the whole cluster (`"*"`), or in some namespaces.
   *
   * @default - nothing but what Kubernetes' own roles give to `groups`
   */
  readonly policies?: Readonly<Partial<Record<AccessPolicy, "*" | readonly string[]>>>;

  /** Kubernetes groups of the principal, for role bindings; none that begins with `system:`. */
  readonly groups?: readonly string[];
}
