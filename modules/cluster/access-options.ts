import type { Fault } from "../core/errors";

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

const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/[^*?]+$/;

/**
 * The faults of an access entry.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html
 */
export function accessFaults(name: string, access: AccessOptions): readonly Fault[] {
  const faults: Fault[] = [];
  const { principalArn = "", policies = {}, groups = [] } = access;
  if (!/^[a-z](?:-?[a-z0-9]){0,29}$/.test(name)) {
    const what = `access ${JSON.stringify(name)} may hold only lower-case letters, digits and single hyphens, 30 at most`;
    faults.push({ what, instead: 'use e.g. "developers"' });
  }
  if (!PRINCIPAL.test(principalArn) && !principalArn.includes("${")) {
    faults.push({
      what: `${name}.principalArn is ${JSON.stringify(principalArn)}: not the ARN of one role or user`,
      instead: 'use e.g. "arn:aws:iam::123456789012:role/developers"',
    });
  }
  for (const [policy, scope] of Object.entries(policies)) {
    const known: readonly string[] = ACCESS_POLICIES;
    if (!known.includes(policy)) {
      const what = `${name}.policies has ${JSON.stringify(policy)}, which is not an access policy of EKS`;
      faults.push({ what, instead: `use one of ${ACCESS_POLICIES.join(", ")}` });
    }
    if (scope === "*" || scope.length > 0) continue;
    const what = `${name}.policies.${policy} is for no namespace`;
    faults.push({ what, instead: 'use "*" for the whole cluster, or e.g. ["apps"]' });
  }
  for (const group of groups) {
    if (!/^(?:system|eks|aws|amazon|iam):/.test(group)) continue;
    const what = `${name}.groups has ${JSON.stringify(group)}, which EKS refuses`;
    faults.push({ what, instead: 'use a group of your own, e.g. "developers", or an access policy' });
  }
  if (Object.keys(policies).length === 0 && groups.length === 0) {
    const instead = 'give it policies, e.g. { AmazonEKSViewPolicy: "*" }, or groups';
    faults.push({ what: `${name} is admitted and may do nothing`, instead });
  }
  return faults;
}
