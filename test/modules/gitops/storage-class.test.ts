import { defaultStorageClass } from "@groundplan/modules/gitops";

test("the default class: encrypted gp3 that can grow, in the zone of the pod", () => {
  expect(defaultStorageClass()).toMatchObject({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "ebs.csi.aws.com",
    parameters: { type: "gp3", encrypted: "true" },
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
  });
});

test("volumes of EKS Auto Mode are made by its own driver", () => {
  expect(defaultStorageClass("auto")).toMatchObject({ provisioner: "ebs.csi.eks.amazonaws.com" });
});
