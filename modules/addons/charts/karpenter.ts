import {
  type AddonCluster,
  type Chart,
  type ChartAddon,
  type ChartInstallation,
  RESTRICTED_CONTAINER,
} from "../chart-addon";
import { interruptionQueueArn } from "./interruption-queue";
import { karpenterPolicies } from "./karpenter-policy";
import { nodePools } from "./node-pools";

const SERVICE_ACCOUNT = "karpenter";

/** Read from the `Chart.yaml` of https://github.com/aws/karpenter-provider-aws in November 2026. */
const CHART: Chart = {
  repository: "oci://public.ecr.aws/karpenter",
  name: "karpenter",
  version: "1.14.1",
  appVersion: "1.14.1",
  released: "2026-08-20",
};

/**
 * Starts nodes of the size that waiting pods need, and packs them closer when they leave.
 *
 * It runs on the managed node group `general`, never on nodes of its own.
 *
 * @see https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/
 */
export const karpenter: ChartAddon = { chart: CHART, install };

function install(cluster: AddonCluster): ChartInstallation {
  return {
    namespace: "kube-system",
    ownNamespace: false,
    serviceAccount: SERVICE_ACCOUNT,
    policies: karpenterPolicies(cluster, interruptionQueueArn(cluster)),
    values: {
      serviceAccount: { create: true, name: SERVICE_ACCOUNT },
      settings: {
        clusterName: cluster.clusterName,
        interruptionQueue: cluster.clusterName,
        // Said, whatever Karpenter's own default is.
        ...(takesReserved(cluster) ? { featureGates: { reservedCapacity: true } } : {}),
      },
      // Karpenter starts before a DNS that it has to start nodes for.
      dnsPolicy: "Default",
      controller: {
        securityContext: { seccompProfile: RESTRICTED_CONTAINER.seccompProfile },
        resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      },
    },
    whenMonitored: { serviceMonitor: { enabled: true } },
    makeBefore: (scope) => {
      // Loaded with the first stack only: an overlay's checks read the registry, and load no constructs.
      const { Interruptions } = require("./interruptions") as typeof import("./interruptions");
      return new Interruptions(scope, "interruptions", cluster).ready;
    },
    customResources: { id: "nodes", releaseName: "karpenter-nodes", manifests: nodePools(cluster) },
  };
}

/** Whether a pool takes instances of capacity reservations. @see https://karpenter.sh/docs/tasks/odcrs/ */
function takesReserved({ nodePools: pools = {} }: AddonCluster): boolean {
  return Object.values(pools).some(({ capacity = [] }) => capacity.includes("reserved"));
}
