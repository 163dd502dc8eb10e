import { TAINT_EFFECTS } from "../../cluster/taint-effects";
import type { Manifest } from "../../gitops/manifest";
import type { AddonCluster } from "../chart-addon";
import type { NodePoolOptions } from "./node-pool-options";

/** A manifest with what it asks for. */
type NodeManifest = Manifest & { readonly spec: object };

/** Architectures as Kubernetes' labels write them. */
const ARCHITECTURES = { x86_64: "amd64", arm64: "arm64" } as const;

/** Pods that a node takes where the VPC CNI hands out prefixes. */
const PREFIXED_PODS = 110;

/** The pools of a cluster: without any of its own, one that is called `default`. */
export function nodePools(cluster: AddonCluster): readonly NodeManifest[] {
  const pools = Object.entries(cluster.nodePools ?? {});
  return (pools.length > 0 ? pools : [["default", {}] as const]).flatMap(([name, pool]) =>
    nodePool(cluster, name, pool),
  );
}

/** The manifests of a pool of nodes: which machines, in which subnets, and how many at most. */
function nodePool(cluster: AddonCluster, name: string, pool: NodePoolOptions): readonly NodeManifest[] {
  const { image = "al2023", imageVersion = "latest", diskGb = 50, labels = {}, taints = [] } = pool;
  const { capacityReservations: reservations = [] } = pool;
  const bottlerocket = image === "bottlerocket";
  const nodeClass = {
    apiVersion: "karpenter.k8s.aws/v1",
    kind: "EC2NodeClass",
    metadata: { name },
    spec: {
      role: cluster.nodeRoleName,
      // Karpenter replaces nodes whose image is no longer the newest, within the budget below.
      amiSelectorTerms: [{ alias: `${image}@${imageVersion}` }],
      subnetSelectorTerms: [{ tags: cluster.subnetTags }],
      securityGroupSelectorTerms: [{ id: cluster.nodeSecurityGroupId }],
      ...(reservations.length > 0 ? { capacityReservationSelectorTerms: [...reservations] } : {}),
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          // Bottlerocket's first volume is its own, and read-only.
          deviceName: bottlerocket ? "/dev/xvdb" : "/dev/xvda",
          ebs: { volumeType: "gp3", volumeSize: `${diskGb}Gi`, encrypted: true, deleteOnTermination: true },
        },
      ],
      ...(cluster.prefixDelegation ? { kubelet: { maxPods: PREFIXED_PODS } } : {}),
    },
  };
  const template = {
    ...(Object.keys(labels).length > 0 ? { metadata: { labels: { ...labels } } } : {}),
    spec: {
      nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name },
      // A node lives a month at most, so that its image is never old.
      expireAfter: `${pool.expireAfterHours ?? 720}h`,
      requirements: requirementsOf(pool),
      ...(taints.length > 0
        ? {
            taints: taints.map(({ key, value, effect }) => ({
              key,
              ...(value === undefined ? {} : { value }),
              effect: TAINT_EFFECTS[effect],
            })),
          }
        : {}),
    },
  };
  const made = {
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata: { name },
    spec: {
      template,
      disruption: {
        consolidationPolicy: "WhenEmptyOrUnderutilized",
        consolidateAfter: `${pool.consolidateAfterMinutes ?? 5}m`,
        budgets: [{ nodes: String(pool.maxUnavailable ?? "25%") }],
      },
      limits: { cpu: String(pool.cpuLimit ?? 64), memory: `${pool.memoryLimitGb ?? 256}Gi` },
      ...(pool.weight === undefined ? {} : { weight: pool.weight }),
    },
  };
  return [nodeClass, made];
}

function requirementsOf(pool: NodePoolOptions): readonly object[] {
  const { capacity = ["on-demand"], architectures = ["x86_64"], instanceTypes, zones } = pool;
  const { instanceCategories = ["c", "m", "r"], minGeneration = 5 } = pool;
  const among = (key: string, values: readonly string[]) => ({ key, operator: "In", values: [...values] });
  return [
    among("karpenter.sh/capacity-type", capacity),
    among(
      "kubernetes.io/arch",
      architectures.map((one) => ARCHITECTURES[one]),
    ),
    ...(instanceTypes
      ? [among("node.kubernetes.io/instance-type", instanceTypes)]
      : [
          among("karpenter.k8s.aws/instance-category", instanceCategories),
          {
            key: "karpenter.k8s.aws/instance-generation",
            operator: "Gt",
            values: [String(minGeneration - 1)],
          },
        ]),
    ...(zones ? [among("topology.kubernetes.io/zone", zones)] : []),
  ];
}
