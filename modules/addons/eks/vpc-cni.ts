import type { EksAddon } from "../eks-addon";

/**
 * Gives pods addresses of the VPC. Without its setting it accepts every NetworkPolicy, and enforces none.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
 */
export const vpcCni = {
  name: "vpc-cni",
  build: "v1.22.4-eksbuild.3",
  stands: "before-nodes",
  rights: { serviceAccount: "aws-node", policy: "AmazonEKS_CNI_Policy" },
  configuration: { enableNetworkPolicy: "true" },
} as const satisfies EksAddon;
