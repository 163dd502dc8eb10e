/** Node groups' label of a node that kwok plays. */
const NODE_GROUP = "general";

/** Name of the node with that number, in the form that EC2 gives: by its private address. */
export function nodeName(index: number): string {
  return `ip-10-0-${Math.floor(index / 250)}-${(index % 250) + 4}.ec2.internal`;
}

/**
 * A node as EKS makes one of Amazon Linux 2023, spread over three availability zones, with 4 CPUs and 16 GiB.
 *
 * @param index - from 0.
 * @see https://kwok.sigs.k8s.io/docs/user/kwok-manage-nodes-and-pods/
 */
export function nodeManifest(index: number, region: string): string {
  const zone = `${region}${"abc"[index % 3]}`;
  const capacity = { cpu: "4", memory: "16Gi", pods: "58", "ephemeral-storage": "80Gi" };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: nodeName(index),
      annotations: { "kwok.x-k8s.io/node": "fake" },
      labels: {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": nodeName(index),
        "node.kubernetes.io/instance-type": "m5.xlarge",
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": zone,
        "eks.amazonaws.com/nodegroup": NODE_GROUP,
        "eks.amazonaws.com/capacityType": "ON_DEMAND",
      },
    },
    status: { allocatable: capacity, capacity },
  });
}
