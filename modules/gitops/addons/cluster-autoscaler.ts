import { partitionOf } from "../../core";
import { CHARTS } from "../charts";
import { type Addon, type AddonCluster, RESTRICTED_CONTAINER } from "./addon";

const SERVICE_ACCOUNT = "cluster-autoscaler";

/**
 * Changes the size of the managed node groups: EKS tags their Auto Scaling groups so that they are found,
 * and only groups with the cluster's own tag may be changed.
 *
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
 */
export function clusterAutoscaler(cluster: AddonCluster): Addon {
  const { clusterName, account, region } = cluster;
  return {
    name: "cluster_autoscaler",
    chart: CHARTS.clusterAutoscaler,
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
