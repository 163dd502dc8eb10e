import type { NodePools } from "@groundplan/modules/addons";
import { nodePoolFaults } from "@groundplan/modules/addons/charts/node-pool-options";
import type {
  AccessOptions,
  AddonName,
  ClusterLogType,
  Compute,
  FargateProfileOptions,
  KubernetesVersion,
  NodeGroupOptions,
  OptionalAddonName,
} from "@groundplan/modules/cluster";
import { accessEntryFaults } from "@groundplan/modules/cluster/access-faults";
import { addonNameFaults } from "@groundplan/modules/cluster/addon-versions";
import { autoModeAddonFaults, autoModeFaults } from "@groundplan/modules/cluster/auto-mode";
import { clusterZoneFaults, groupZoneFaults } from "@groundplan/modules/cluster/cluster-zones";
import { endpointFaults } from "@groundplan/modules/cluster/endpoint";
import { fargateFaults } from "@groundplan/modules/cluster/fargate-options";
import { LOG_TYPES } from "@groundplan/modules/cluster/log-types";
import { nodeGroupsFaults } from "@groundplan/modules/cluster/node-group-faults";
import { versionFaults } from "@groundplan/modules/cluster/versions";
import { isLogRetention, LOG_RETENTION_DAYS } from "@groundplan/modules/observability/retention";
import type { OverlayFaults } from "../overlay-faults";
import type { AddonSettings } from "./addons";
import type { NetworkSettings } from "./network";

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

  /** Subnets of the control plane's network interfaces: those of the nodes (`private`), or `isolated` ones (`network.isolatedSubnets`). */
  readonly controlPlaneTier: "private" | "isolated";

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

  /**
   * EKS add-ons beside those of every cluster: `aws-efs-csi-driver`, `snapshot-controller`, `eks-node-monitoring-agent`,
   * `amazon-cloudwatch-observability`; the last costs by use.
   */
  readonly optionalAddons: readonly OptionalAddonName[];

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

  /**
   * Who starts the nodes: the groups (`groups`), or EKS Auto Mode (`auto`). With it `nodeGroups` are not made, none of EKS's own
   * five add-ons is installed, and `addons.nodeAutoscaler` is `none` and `addons.loadBalancerController` false.
   */
  readonly compute: Compute;

  /** Pods that run on Fargate, by the names of the profiles. */
  readonly fargateProfiles: Readonly<Record<string, FargateProfileOptions>>;

  /** Groups of nodes, by name; an overlay says at least `general`. */
  readonly nodeGroups: Readonly<Record<string, NodeGroupOptions>>;

  /** Karpenter's pools of nodes, by name (`addons.nodeAutoscaler: "karpenter"`); without any there is one, `default`. */
  readonly nodePools: NodePools;
}

/** Defaults of {@link ClusterSettings}; zones stand beside the Region in `overlays/base`. */
export const clusterDefaults: Omit<ClusterSettings, "zones"> = {
  kubernetesVersion: "1.35",
  controlPlaneTier: "private",
  upgradePolicy: "STANDARD",
  publicEndpointCidrs: [],
  authenticationMode: "API",
  access: {},
  logTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
  logRetentionDays: 30,
  secretsEncryption: "own",
  keyDeletionDays: 7,
  optionalAddons: [],
  addonVersions: {},
  addonSettings: {},
  prefixDelegation: false,
  defaultStorageClass: true,
  diskGb: 50,
  compute: "groups",
  fargateProfiles: {},
  nodeGroups: { general: { instanceTypes: ["m5.large", "m5.xlarge"], min: 2, max: 6 } },
  nodePools: {},
};

/** Reports what is wrong with the cluster of an overlay. @param zones - those of its network. */
export function checkCluster(
  faults: OverlayFaults,
  cluster: ClusterSettings,
  zones: readonly string[],
): void {
  faults.addAll("cluster", clusterZoneFaults(cluster.zones, cluster.nodeGroups, zones));
  faults.addAll("cluster.fargateProfiles", groupZoneFaults(cluster.fargateProfiles, zones));
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
  faults.addAll("cluster.fargateProfiles", fargateFaults(cluster.fargateProfiles));
  faults.addAll("cluster", autoModeFaults({ ...cluster, nodeGroups: {} }));
  faults.addAll("cluster.nodePools", nodePoolFaults(cluster.nodePools, zones));
  faults.addAll("cluster.optionalAddons", addonNameFaults(cluster.optionalAddons));
  faults.addAll("cluster.access", accessEntryFaults(cluster.access, {}));
}

/** What {@link checkClusterPlace} needs of an environment. */
interface Place {
  readonly cluster: ClusterSettings;
  readonly addons: AddonSettings;
  readonly network: Pick<NetworkSettings, "isolatedSubnets" | "podCidr">;
}

/** Reports settings of the cluster that speak of add-ons, or of parts of the network, which the overlay does not have. */
export function checkClusterPlace(faults: OverlayFaults, { cluster, addons, network }: Place): void {
  if (cluster.controlPlaneTier === "isolated" && !network.isolatedSubnets) {
    faults.add(
      "cluster.controlPlaneTier",
      cluster.controlPlaneTier,
      "the network has no isolated subnets",
      'use "private", or network.isolatedSubnets true',
    );
  }
  if (network.podCidr !== undefined && (cluster.compute === "auto" || !cluster.prefixDelegation)) {
    faults.add(
      "network.podCidr",
      network.podCidr,
      cluster.compute === "auto"
        ? "EKS Auto Mode gives pods the addresses of its nodes' subnets"
        : "a node's first interface would serve no pods, and the node take more than it has addresses for",
      cluster.compute === "auto"
        ? 'use cluster.compute "groups", or leave it out'
        : "use cluster.prefixDelegation true",
    );
  }
  if (cluster.compute === "auto") faults.addAll("cluster.compute", autoModeAddonFaults(addons));
  const pools = Object.keys(cluster.nodePools);
  if (pools.length > 0 && addons.nodeAutoscaler !== "karpenter") {
    faults.add(
      "cluster.nodePools",
      pools,
      "pools are Karpenter's, which the cluster does not have",
      'use addons.nodeAutoscaler "karpenter", or nodeGroups',
    );
  }
}
