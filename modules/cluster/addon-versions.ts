import type { KubernetesVersion } from "./versions";

/** The add-ons of every cluster. */
export const ADDONS = [
  "vpc-cni",
  "kube-proxy",
  "eks-pod-identity-agent",
  "coredns",
  "aws-ebs-csi-driver",
] as const;

/** An add-on of every cluster. */
export type AddonName = (typeof ADDONS)[number];

/** Day on which the table was last compared with AWS's. */
export const ADDON_VERSIONS_CHECKED = "2026-08-20";

/** Builds that serve every Kubernetes version of the table. */
const COMMON = {
  "vpc-cni": "v1.22.4-eksbuild.3",
  "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
  "aws-ebs-csi-driver": "v1.63.1-eksbuild.1",
} as const;

/**
 * The build of each add-on for each Kubernetes version: pinned, because the most recent one changes between two
 * plans, and the default of AWS with every upgrade.
 *
 * Renew with `aws eks describe-addon-versions --kubernetes-version 1.35 --addon-name coredns`.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html
 */
export const ADDON_VERSIONS: Readonly<Record<KubernetesVersion, Readonly<Record<AddonName, string>>>> = {
  "1.36": { ...COMMON, "kube-proxy": "v1.36.0-eksbuild.14", coredns: "v1.14.3-eksbuild.3" },
  "1.35": { ...COMMON, "kube-proxy": "v1.35.3-eksbuild.13", coredns: "v1.14.3-eksbuild.3" },
  "1.34": { ...COMMON, "kube-proxy": "v1.34.6-eksbuild.13", coredns: "v1.13.2-eksbuild.11" },
  "1.33": { ...COMMON, "kube-proxy": "v1.33.10-eksbuild.13", coredns: "v1.12.4-eksbuild.18" },
  "1.32": { ...COMMON, "kube-proxy": "v1.32.13-eksbuild.16", coredns: "v1.11.4-eksbuild.40" },
};
