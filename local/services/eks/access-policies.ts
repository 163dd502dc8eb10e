import { type Operation, page } from "./operation";

/**
 * Policies that can be associated with an access entry. Those that the authorizer knows rules for stand in
 * `access/rules.ts`; the others are those of AWS's own services.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
const NAMES = [
  "AmazonEKSAdminPolicy",
  "AmazonEKSAdminViewPolicy",
  "AmazonEKSAutoNodePolicy",
  "AmazonEKSBlockStorageClusterPolicy",
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSClusterAdminPolicy",
  "AmazonEKSClusterInsightsPolicy",
  "AmazonEKSComputeClusterPolicy",
  "AmazonEKSComputePolicy",
  "AmazonEKSEditPolicy",
  "AmazonEKSHybridPolicy",
  "AmazonEKSLoadBalancingClusterPolicy",
  "AmazonEKSLoadBalancingPolicy",
  "AmazonEKSNetworkingClusterPolicy",
  "AmazonEKSNetworkingPolicy",
  "AmazonEKSSecretAdminPolicy",
  "AmazonEKSViewPolicy",
  "AmazonEMRJobPolicy",
  "AmazonSagemakerHyperpodClusterPolicy",
  "AmazonSagemakerHyperpodControllerPolicy",
];

const ARN = /^arn:aws[a-z-]*:eks::aws:cluster-access-policy\/(\w+)$/;

/** The name of a policy, or undefined when there is none of that ARN. */
export function policyNameOf(arn: string): string | undefined {
  const name = ARN.exec(arn)?.[1];
  return name !== undefined && NAMES.includes(name) ? name : undefined;
}

/** ARN of a policy. */
export function policyArnOf(partition: string, name: string): string {
  return `arn:${partition}:eks::aws:cluster-access-policy/${name}`;
}

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_ListAccessPolicies.html */
export const accessPolicies: Readonly<Record<string, Operation>> = {
  "GET /access-policies": ({ query }) => {
    const { items, ...next } = page(NAMES, query);
    return { accessPolicies: items.map((name) => ({ name, arn: policyArnOf("aws", name) })), ...next };
  },
};
