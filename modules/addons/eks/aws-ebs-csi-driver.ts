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
  rights: { serviceAccount: "ebs-csi-controller-sa", policy: "service-role/AmazonEBSCSIDriverPolicy" },
} as const satisfies EksAddon;
