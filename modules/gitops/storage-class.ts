import type { Manifest } from "./manifest";

/** Name of the default storage class. */
export const STORAGE_CLASS = "gp3";

/**
 * The storage class of claims that name none: since 1.30 EKS has no default, and such a claim waits for ever.
 *
 * Volumes are encrypted gp3, can grow, and are made in the zone of the pod that is the first to use them.
 *
 * @param compute - who starts the nodes.
 * @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.63.1/docs/parameters.md
 */
export function defaultStorageClass(
  compute: "groups" | "auto" = "groups",
): Manifest & Readonly<Record<string, unknown>> {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name: STORAGE_CLASS,
      annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
    },
    // Auto Mode makes volumes by a driver of its own.
    provisioner: compute === "auto" ? "ebs.csi.eks.amazonaws.com" : "ebs.csi.aws.com",
    parameters: { type: "gp3", encrypted: "true", "csi.storage.k8s.io/fstype": "ext4" },
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
  };
}
