import { existsSync } from "node:fs";
import { join } from "node:path";

/** Address of the node in its own network, and those of its pods. */
export const NODE_ADDRESS = "10.0.0.4";
export const POD_RANGE = "10.244.0.0/24";

/** Where the node's own folder and the built programs are inside its namespaces. */
export const INSIDE = "/run/groundplan/data";
export const PROGRAMS_INSIDE = "/run/groundplan/bin";

export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** How a real node is set up. */
export interface NodeSettings {
  readonly name: string;
  readonly cgroup: string;

  /** Endpoint of the AWS emulator, whose ECR has the images. */
  readonly awsEndpoint: string;

  /** Path of runc, and folder of CNI's plugins. */
  readonly runc: string;
  readonly plugins: string;

  /** The file system of the node's folder can be the lower and the upper part of an overlay. */
  readonly overlay: boolean;
}

/** The files of the node's folder, by their path in it. */
export function nodeFiles(settings: NodeSettings): Readonly<Record<string, string>> {
  const json = (content: object) => `${JSON.stringify(content, undefined, 2)}\n`;
  return {
    "containerd.toml": containerd(settings),
    "registries/_default/hosts.toml": registries(settings.awsEndpoint),
    "cni/10-groundplan.conflist": json(network()),
    "kubelet.json": json(kubelet(settings)),
    "image-credentials.json": json(imageCredentials(settings.awsEndpoint)),
    "kube-proxy.json": json(kubeProxy(settings.name)),
  };
}

/** @see https://github.com/containerd/containerd/blob/v1.6.36/docs/cri/config.md */
function containerd({ runc, plugins, overlay }: NodeSettings): string {
  return `version = 2
root = "${INSIDE}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]

[grpc]
  address = "${CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  # Imported at every start; no registry has it.
  sandbox_image = "groundplan.local/pause:1"
  # Without CAP_SYS_RESOURCE no process may be given a better score.
  restrict_oom_score_adj = true
  disable_apparmor = true

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "${overlay ? "overlayfs" : "native"}"
  default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
  BinaryName = "${runc}"

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${plugins}"
  conf_dir = "${INSIDE}/cni"

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "${INSIDE}/registries"
`;
}

/** Every registry is the local one, which is told the name of that which it stands for. */
function registries(endpoint: string): string {
  return `server = "${endpoint}"

[host."${endpoint}"]
  capabilities = ["pull", "resolve"]
`;
}

/** Without the kernel's filter of bridges, pods on one bridge would answer each other past the rules of Services. */
function network(): object {
  const isFiltered = existsSync("/proc/sys/net/bridge/bridge-nf-call-iptables");
  const ipam = {
    type: "host-local",
    dataDir: "/run/addresses",
    ranges: [[{ subnet: POD_RANGE }]],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  return {
    cniVersion: "0.4.0",
    name: "groundplan",
    plugins: [
      isFiltered
        ? { type: "bridge", bridge: "cni0", isGateway: true, ipMasq: true, hairpinMode: true, ipam }
        : { type: "ptp", ipMasq: true, ipam },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

/** @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
function kubelet({ cgroup }: NodeSettings): object {
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

/** @see https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/ */
function imageCredentials(endpoint: string): object {
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

/** @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ */
function kubeProxy(name: string): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig: `${INSIDE}/kube-proxy.kubeconfig` },
    hostnameOverride: name,
    mode: "iptables",
    clusterCIDR: POD_RANGE,
    // These would be set for the whole machine.
    conntrack: { maxPerCore: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  };
}

/** Path of a file of the node's folder, inside. */
export function inside(name: string): string {
  return join(INSIDE, name);
}
