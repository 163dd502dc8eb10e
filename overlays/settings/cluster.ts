import type {
  AccessOptions,
  AddonName,
  ClusterLogType,
  KubernetesVersion,
  NodeGroupOptions,
} from "@groundplan/modules/cluster";
import { accessEntryFaults } from "@groundplan/modules/cluster/access-faults";
import { clusterZoneFaults } from "@groundplan/modules/cluster/cluster-zones";
import { endpointFaults } from "@groundplan/modules/cluster/endpoint";
import { LOG_TYPES } from "@groundplan/modules/cluster/log-types";
import { nodeGroupsFaults } from "@groundplan/modules/cluster/node-group-faults";
import { versionFaults } from "@groundplan/modules/cluster/versions";
import { isLogRetention, LOG_RETENTION_DAYS } from "@groundplan/modules/observability/retention";
import type { OverlayFaults } from "../overlay-faults";

/** The environment's Kubernetes cluster, `<platform>-<environment>`. */
export interface ClusterSettings {
  /** Minor version; raise it by one at a time. */
  readonly kubernetesVersion: KubernetesVersion;

  /**
   * Zones of the control plane, and of the groups that do not name their own; two or more of the network's.
   *
   * For good: EKS takes no other zones while the cluster stands. A zone that the network gets later changes nothing
   * here: a group of its own names it (`nodeGroups.<name>.zones`).
   */
  readonly zones: readonly string[];

  /** What happens at the end of standard support: AWS upgrades the cluster (`STANDARD`), or bills extended support. */
  readonly upgradePolicy: "STANDARD" | "EXTENDED";

  /** IPv4 ranges that reach the API from outside the VPC; none closes the public endpoint, everybody is `["0.0.0.0/0"]`. */
  readonly publicEndpointCidrs: readonly string[];

  /** Who gets in: by access entries (`API`), or by the `aws-auth` ConfigMap too. There is no way back from `API`. */
  readonly authenticationMode: "API" | "API_AND_CONFIG_MAP";

  /** Principals beside the cluster's own admin role, by name. */
  readonly access: Readonly<Record<string, AccessOptions>>;

  /** Logs of the control plane. */
  readonly logTypes: readonly ClusterLogType[];

  /** Days for which they are kept, one of the values that CloudWatch offers. */
  readonly logRetentionDays: number;

  /** Keys that encrypt Kubernetes secrets: AWS's (`aws`) or a KMS key of the cluster (`own`). There is no way back from `own`. */
  readonly secretsEncryption: "aws" | "own";

  /** Days between a request to delete that key and its deletion, 7 to 30. */
  readonly keyDeletionDays: number;

  /** Builds of EKS add-ons instead of the pinned ones, by their names. */
  readonly addonVersions: Readonly<Partial<Record<AddonName, string>>>;

  /** Settings of EKS add-ons in the words of their configuration schemas, by their names; merged with Groundplan's own. */
  readonly addonSettings: Readonly<Partial<Record<AddonName, Readonly<Record<string, unknown>>>>>;

  /** Lets the VPC CNI hand out prefixes: 110 pods on a node, 250 on a large one. Changing it renews the nodes. */
  readonly prefixDelegation: boolean;

  /** Installs the storage class `gp3` for claims that name none: encrypted, and it can grow. EKS has no default of its own. */
  readonly defaultStorageClass: boolean;

  /** Size of the nodes' root volume in GiB, 20 to 16384. */
  readonly diskGb: number;

  /** Groups of nodes, by name; an overlay says at least `general`. */
  readonly nodeGroups: Readonly<Record<string, NodeGroupOptions>>;
}

/** Defaults of {@link ClusterSettings}; zones stand beside the Region in `overlays/base`. */
export const clusterDefaults: Omit<ClusterSettings, "zones"> = {
  kubernetesVersion: "1.35",
  upgradePolicy: "STANDARD",
  publicEndpointCidrs: [],
  authenticationMode: "API",
  access: {},
  logTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
  logRetentionDays: 30,
  secretsEncryption: "own",
  keyDeletionDays: 7,
  addonVersions: {},
  addonSettings: {},
  prefixDelegation: false,
  defaultStorageClass: true,
  diskGb: 50,
  nodeGroups: { general: { instanceTypes: ["m5.large", "m5.xlarge"], min: 2, max: 6 } },
};

/** Reports what is wrong with the cluster of an overlay. @param zones - those of its network. */
export function checkCluster(
  faults: OverlayFaults,
  cluster: ClusterSettings,
  zones: readonly string[],
): void {
  faults.addAll("cluster", clusterZoneFaults(cluster.zones, cluster.nodeGroups, zones));
  faults.addAll("cluster.kubernetesVersion", versionFaults(cluster.kubernetesVersion));
  faults.addAll("cluster.publicEndpointCidrs", endpointFaults(cluster.publicEndpointCidrs));
  faults.distinct("cluster.logTypes", cluster.logTypes);
  for (const type of cluster.logTypes) {
    if (LOG_TYPES.includes(type)) continue;
    faults.add("cluster.logTypes", type, "not a log of EKS", `use one of ${LOG_TYPES.join(", ")}`);
  }
  if (!isLogRetention(cluster.logRetentionDays)) {
    const valid = `use one of ${LOG_RETENTION_DAYS.join(", ")}`;
    faults.add(
      "cluster.logRetentionDays",
      cluster.logRetentionDays,
      "CloudWatch Logs does not offer it",
      valid,
    );
  }
  faults.wholeNumber("cluster.keyDeletionDays", cluster.keyDeletionDays, 7, 30, 30);
  faults.wholeNumber("cluster.diskGb", cluster.diskGb, 20, 16_384, 50);
  faults.addAll("cluster.nodeGroups", nodeGroupsFaults(cluster.nodeGroups, cluster.diskGb));
  faults.addAll("cluster.access", accessEntryFaults(cluster.access, {}));
}
