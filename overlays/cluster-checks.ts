import { accessFaults } from "@groundplan/modules/cluster/access-options";
import { endpointFaults } from "@groundplan/modules/cluster/endpoint";
import { LOG_TYPES } from "@groundplan/modules/cluster/log-types";
import { nodeGroupFaults } from "@groundplan/modules/cluster/node-group-options";
import { versionFaults } from "@groundplan/modules/cluster/versions";
import { isLogRetention, LOG_RETENTION_DAYS } from "@groundplan/modules/network/retention";
import type { ClusterSettings } from "./environment";
import type { OverlayFaults } from "./overlay-faults";

/** Judges the cluster of an overlay. */
export function checkCluster(faults: OverlayFaults, cluster: ClusterSettings): void {
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
  for (const [name, group] of Object.entries(cluster.nodeGroups)) {
    faults.addAll("cluster.nodeGroups", nodeGroupFaults(name, group));
  }
  for (const [name, access] of Object.entries(cluster.access)) {
    if (name === "admin") {
      faults.add(
        "cluster.access",
        name,
        "the cluster's own admin role has it",
        'use another name, e.g. "platform"',
      );
    }
    faults.addAll("cluster.access", accessFaults(name, access));
  }
}
