import type { EksAddon } from "../eks-addon";

/**
 * Makes EBS volumes for PersistentVolumeClaims.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
 */
export const awsEbsCsiDriver = {
  name: "aws-ebs-csi-driver",
  build: "v1.63.1-eksbuild.1",
  stands: "after-nodes",
  // Its part that makes snapshots starts once their definitions are there.
  after: ["snapshot-controller"],
  // The nodes' metadata is one hop away: on the host's network the driver reads it, and counts a node's volumes and network
  // interfaces rightly. Else it lets pods attach more volumes than the instance takes.
  configuration: { node: { hostNetwork: true } },
  rights: { serviceAccount: "ebs-csi-controller-sa", policy: "service-role/AmazonEBSCSIDriverPolicy" },
} as const satisfies EksAddon;
