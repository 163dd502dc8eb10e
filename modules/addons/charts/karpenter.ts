import type { Manifest } from "../../gitops/manifest";
import {
  type AddonCluster,
  type Chart,
  type ChartAddon,
  type ChartInstallation,
  RESTRICTED_CONTAINER,
} from "../chart-addon";
import { interruptionQueueArn } from "./interruption-queue";
import { karpenterPolicies } from "./karpenter-policy";

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
      settings: { clusterName: cluster.clusterName, interruptionQueue: cluster.clusterName },
      // Karpenter starts before a DNS that it has to start nodes for.
      dnsPolicy: "Default",
      controller: {
        securityContext: { seccompProfile: RESTRICTED_CONTAINER.seccompProfile },
        resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      },
    },
    makeBefore: (scope) => {
      // Loaded with the first stack only: an overlay's checks read the registry, and load no constructs.
      const { Interruptions } = require("./interruptions") as typeof import("./interruptions");
      return new Interruptions(scope, "interruptions", cluster).ready;
    },
    customResources: { id: "nodes", releaseName: "karpenter-nodes", manifests: nodePool(cluster) },
  };
}

/** The manifests of a pool of nodes: which machines, in which subnets, and how many at most. */
export function nodePool(cluster: AddonCluster): readonly (Manifest & { readonly spec: object })[] {
  const nodeClass = {
    apiVersion: "karpenter.k8s.aws/v1",
    kind: "EC2NodeClass",
    metadata: { name: "default" },
    spec: {
      role: cluster.nodeRoleName,
      // Karpenter replaces nodes whose image is no longer the newest, within the budget below.
      amiSelectorTerms: [{ alias: "al2023@latest" }],
      subnetSelectorTerms: [{ tags: cluster.subnetTags }],
      securityGroupSelectorTerms: [{ id: cluster.nodeSecurityGroupId }],
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: { volumeType: "gp3", volumeSize: "50Gi", encrypted: true, deleteOnTermination: true },
        },
      ],
    },
  };
  const pool = {
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata: { name: "default" },
    spec: {
      template: {
        spec: {
          nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "default" },
          // A node lives a month at most, so that its image is never old.
          expireAfter: "720h",
          requirements: [
            { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
            { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] },
            { key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["c", "m", "r"] },
            { key: "karpenter.k8s.aws/instance-generation", operator: "Gt", values: ["4"] },
          ],
        },
      },
      disruption: {
        consolidationPolicy: "WhenEmptyOrUnderutilized",
        consolidateAfter: "5m",
        budgets: [{ nodes: "25%" }],
      },
      limits: { cpu: "64", memory: "256Gi" },
    },
  };
  return [nodeClass, pool];
}
