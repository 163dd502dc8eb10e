import { CONTAINERD_SOCKET, INSIDE, NODE_ADDRESS } from "./places";

/**
 * Configuration of the kubelet.
 *
 * @param cgroup - below which its pods get theirs.
 * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
export function kubeletConfiguration(cgroup: string): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: NODE_ADDRESS,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: false },
      // The API server's own certificate: whoever has it is let in, and nobody else.
      x509: { clientCAFile: `${INSIDE}/kubelet.pem` },
    },
    authorization: { mode: "AlwaysAllow" },
    tlsCertFile: `${INSIDE}/kubelet.pem`,
    tlsPrivateKeyFile: `${INSIDE}/kubelet.key`,
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroup}`,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    featureGates: { KubeletInUserNamespace: true },
    resolvConf: "",
    clusterDNS: [NODE_ADDRESS],
    clusterDomain: "cluster.local",
    volumePluginDir: `${INSIDE}/volume-plugins`,
    serializeImagePulls: false,
    // The disk is the machine's: nothing is thrown out because others have filled it.
    imageGCHighThresholdPercent: 100,
    evictionHard: { "memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%" },
    // A laptop's cluster is watched: changes of a ConfigMap reach a pod soon.
    syncFrequency: "10s",
  };
}

/**
 * Has the kubelet ask a program of ours for the password of ECR's images.
 *
 * @param endpoint - of the AWS emulator, whose ECR has them.
 * @see https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/
 */
export function imageCredentials(endpoint: string): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1",
    kind: "CredentialProviderConfig",
    providers: [
      {
        name: "node",
        args: ["credentials", endpoint],
        matchImages: ["*.dkr.ecr.*.amazonaws.com"],
        defaultCacheDuration: "10s",
        apiVersion: "credentialprovider.kubelet.k8s.io/v1",
      },
    ],
  };
}
