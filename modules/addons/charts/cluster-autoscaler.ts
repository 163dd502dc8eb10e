import { partitionOf } from "../../core/partition";
import {
  type AddonCluster,
  type Chart,
  type ChartAddon,
  type ChartInstallation,
  RESTRICTED_CONTAINER,
} from "../chart-addon";

const SERVICE_ACCOUNT = "cluster-autoscaler";

/** Read from the `Chart.yaml` of https://github.com/kubernetes/autoscaler in November 2026. */
const CHART: Chart = {
  repository: "https://kubernetes.github.io/autoscaler",
  name: "cluster-autoscaler",
  version: "9.56.0",
  // The image is chosen by the cluster's minor: see cluster-autoscaler.ts.
  appVersion: "1.35.0",
  released: "2026-03-02",
};

/**
 * Changes the size of the managed node groups: EKS tags their Auto Scaling groups so that they are found,
 * and only groups with the cluster's own tag may be changed.
 *
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
 */
export const clusterAutoscaler: ChartAddon = { chart: CHART, install };

function install(cluster: AddonCluster): ChartInstallation {
  const { clusterName, account, region } = cluster;
  return {
    namespace: "kube-system",
    ownNamespace: false,
    serviceAccount: SERVICE_ACCOUNT,
    policies: {
      "node-groups": [
        {
          Sid: "Describe",
          Effect: "Allow",
          Action: [
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeAutoScalingInstances",
            "autoscaling:DescribeLaunchConfigurations",
            "autoscaling:DescribeScalingActivities",
            "autoscaling:DescribeTags",
            "ec2:DescribeImages",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeLaunchTemplateVersions",
            "ec2:GetInstanceTypesFromInstanceRequirements",
          ],
          Resource: "*",
        },
        {
          Sid: "DescribeNodeGroups",
          Effect: "Allow",
          Action: "eks:DescribeNodegroup",
          Resource: `arn:${partitionOf(region)}:eks:${region}:${account}:nodegroup/${clusterName}/*`,
        },
        {
          Sid: "ResizeOwnGroups",
          Effect: "Allow",
          Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
          Resource: `arn:${partitionOf(region)}:autoscaling:${region}:${account}:autoScalingGroup:*`,
          Condition: {
            StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: "owned" },
          },
        },
      ],
    },
    values: {
      cloudProvider: "aws",
      awsRegion: region,
      autoDiscovery: { clusterName },
      // The autoscaler's minor is the cluster's: it simulates that scheduler.
      image: { tag: `v${cluster.kubernetesVersion}.0` },
      fullnameOverride: "cluster-autoscaler",
      rbac: { serviceAccount: { create: true, name: SERVICE_ACCOUNT } },
      extraArgs: {
        "balance-similar-node-groups": true,
        "skip-nodes-with-system-pods": false,
        expander: "least-waste",
      },
      containerSecurityContext: RESTRICTED_CONTAINER,
      securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
      resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    },
  };
}
