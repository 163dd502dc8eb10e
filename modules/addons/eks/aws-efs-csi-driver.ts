import type { EksAddon } from "../eks-addon";

/**
 * Mounts EFS file systems for PersistentVolumeClaims: many pods of many zones write one volume. Its access points are made
 * by the controller, and mounts by the nodes' part, which runs on the host's network.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html
 */
export const awsEfsCsiDriver = {
  name: "aws-efs-csi-driver",
  build: "v3.4.1-eksbuild.1",
  stands: "after-nodes",
  rights: { serviceAccount: "efs-csi-controller-sa", policy: "service-role/AmazonEFSCSIDriverPolicy" },
} as const satisfies EksAddon;
