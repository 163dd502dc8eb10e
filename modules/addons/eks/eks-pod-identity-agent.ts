import type { EksAddon } from "../eks-addon";

/**
 * Gives pods the credentials of their role.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
 */
export const eksPodIdentityAgent = {
  name: "eks-pod-identity-agent",
  build: "v1.3.10-eksbuild.3",
  stands: "before-nodes",
} as const satisfies EksAddon;
