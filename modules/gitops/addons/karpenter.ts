import { partitionOf } from "../../core";
import { CHARTS } from "../charts";
import type { Manifest } from "../manifest";
import { type Addon, type AddonCluster, RESTRICTED_CONTAINER } from "./addon";
import { karpenterPolicies } from "./karpenter-policy";

const SERVICE_ACCOUNT = "karpenter";

/** ARN of the queue that AWS announces the end of instances in; it has the cluster's name. */
export function interruptionQueueArn({ clusterName, account, region }: AddonCluster): string {
  return `arn:${partitionOf(region)}:sqs:${region}:${account}:${clusterName}`;
}

/**
 * Starts nodes of the size that waiting pods need, and packs them closer when they leave.
 *
 * It runs on the managed node group `general`, never on nodes of its own.
 *
 * @see https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/
 */
export function karpenter(cluster: AddonCluster): Addon {
  return {
    name: "karpenter",
    chart: CHARTS.karpenter,
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
