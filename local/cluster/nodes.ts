import type { KubernetesApi } from "./api";

/** Node groups' label of a node that kwok plays. */
const NODE_GROUP = "general";

/** Name of the node with that number, in the form that EC2 gives: by its private address. */
export function nodeName(index: number): string {
  return `ip-10-0-${Math.floor(index / 250)}-${(index % 250) + 4}.ec2.internal`;
}

/** Labels of a node that its kubelet gives it: those of EKS. */
export function kubeletLabels(region: string): string {
  const {
    "kubernetes.io/arch": _arch,
    "kubernetes.io/os": _os,
    "kubernetes.io/hostname": _name,
    ...given
  } = labelsOf(0, region);
  return Object.entries(given)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

function labelsOf(index: number, region: string) {
  return {
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/os": "linux",
    "kubernetes.io/hostname": nodeName(index),
    "node.kubernetes.io/instance-type": "m5.xlarge",
    "topology.kubernetes.io/region": region,
    "topology.kubernetes.io/zone": `${region}${"abc"[index % 3]}`,
    "eks.amazonaws.com/nodegroup": NODE_GROUP,
    "eks.amazonaws.com/capacityType": "ON_DEMAND",
  };
}

/**
 * A node as EKS makes one of Amazon Linux 2023, spread over three availability zones, with 4 CPUs and 16 GiB.
 *
 * @param index - from 0.
 * @see https://kwok.sigs.k8s.io/docs/user/kwok-manage-nodes-and-pods/
 */
export function nodeManifest(index: number, region: string): string {
  const capacity = { cpu: "4", memory: "16Gi", pods: "58", "ephemeral-storage": "80Gi" };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: nodeName(index),
      annotations: { "kwok.x-k8s.io/node": "fake" },
      labels: labelsOf(index, region),
    },
    status: { allocatable: capacity, capacity },
  });
}

/** What is read of a node or a pod. */
interface Item {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly nodeName?: string };
}

/**
 * Removes the nodes that an earlier start has left in the store and this one does not have, with their pods. A real node
 * is always removed: its kubelet registers it anew, and what it said of itself last is not taken for news.
 */
export async function forgetNodes(api: KubernetesApi, kind: "kwok" | "real"): Promise<void> {
  const isFake = ({ metadata }: Item) => metadata.annotations?.["kwok.x-k8s.io/node"] === "fake";
  const gone = (await itemsOf(api, "/api/v1/nodes")).filter((node) => kind === "real" || !isFake(node));
  const names = new Set(gone.filter((node) => isFake(node) !== (kind === "kwok")).map(nameOf));
  const pods = names.size === 0 ? [] : await itemsOf(api, "/api/v1/pods");
  await Promise.all([
    ...gone.map((node) => api.send("DELETE", `/api/v1/nodes/${nameOf(node)}`)),
    ...pods
      .filter(({ spec }) => names.has(spec?.nodeName ?? ""))
      .map(({ metadata: { namespace, name } }) =>
        api.send("DELETE", `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`),
      ),
  ]);
}

function nameOf({ metadata }: Item): string {
  return metadata.name;
}

async function itemsOf(api: KubernetesApi, path: string): Promise<readonly Item[]> {
  const { status, body } = await api.send("GET", path);
  return status === 200 ? JSON.parse(body).items : [];
}
