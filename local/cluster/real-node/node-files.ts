import { existsSync } from "node:fs";
import { type ContainerdProps, containerdConfiguration, registryHosts } from "./containerd";
import { imageCredentials, kubeletConfiguration } from "./kubelet";
import { INSIDE, POD_RANGE } from "./places";

/** How a real node is set up. */
export interface NodeSettings extends ContainerdProps {
  readonly name: string;
  readonly cgroup: string;

  /** Endpoint of the AWS emulator, whose ECR has the images. */
  readonly awsEndpoint: string;
}

/** The files of the node's folder, by their path in it. */
export function nodeFiles(settings: NodeSettings): Readonly<Record<string, string>> {
  const json = (content: object) => `${JSON.stringify(content, undefined, 2)}\n`;
  return {
    "containerd.toml": containerdConfiguration(settings),
    "registries/_default/hosts.toml": registryHosts(settings.awsEndpoint),
    "cni/10-groundplan.conflist": json(network()),
    "kubelet.json": json(kubeletConfiguration(settings.cgroup)),
    "image-credentials.json": json(imageCredentials(settings.awsEndpoint)),
    "kube-proxy.json": json(kubeProxy(settings.name)),
  };
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
