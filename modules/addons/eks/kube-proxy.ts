import type { EksAddon } from "../eks-addon";

/**
 * Carries traffic to Services; its minor is the cluster's.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html
 */
export const kubeProxy = {
  name: "kube-proxy",
  build: {
    "1.36": "v1.36.0-eksbuild.14",
    "1.35": "v1.35.3-eksbuild.13",
    "1.34": "v1.34.6-eksbuild.13",
    "1.33": "v1.33.10-eksbuild.13",
    "1.32": "v1.32.13-eksbuild.16",
  },
  stands: "before-nodes",
} as const satisfies EksAddon;
