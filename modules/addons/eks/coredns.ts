import type { EksAddon } from "../eks-addon";

/**
 * Resolves the names of Services.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
 */
export const coreDns = {
  name: "coredns",
  build: {
    "1.36": "v1.14.3-eksbuild.3",
    "1.35": "v1.14.3-eksbuild.3",
    "1.34": "v1.13.2-eksbuild.11",
    "1.33": "v1.12.4-eksbuild.18",
    "1.32": "v1.11.4-eksbuild.40",
  },
  stands: "after-nodes",
} as const satisfies EksAddon;
