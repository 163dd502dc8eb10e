import type { EksAddon } from "../eks-addon";

/**
 * Makes snapshots of volumes for VolumeSnapshots, by the EBS driver, and brings their definitions. It uses no AWS API itself.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/csi-snapshot-controller.html
 */
export const snapshotController = {
  name: "snapshot-controller",
  build: "v8.6.0-eksbuild.4",
  stands: "after-nodes",
} as const satisfies EksAddon;
