import { partitionOf } from "../../core/partition";
import type { PolicyStatement } from "../../core/policy";
import type { AddonCluster } from "../chart-addon";

/**
 * What Karpenter may do: the policies that its project publishes for version 1.14, one by one. What it makes carries
 * the cluster's tag, and it changes and deletes only what does.
 *
 * @see https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/website/content/en/v1.14/getting-started/getting-started-with-karpenter/cloudformation.yaml
 */
export function karpenterPolicies(cluster: AddonCluster, queueArn: string) {
  return {
    "node-lifecycle": nodeLifecycle(cluster),
    "instance-profiles": instanceProfiles(cluster),
    discovery: discovery(cluster),
    interruptions: [
      {
        Sid: "AllowInterruptionQueueActions",
        Effect: "Allow",
        Action: ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
        Resource: queueArn,
      },
    ],
  } as const satisfies Record<string, readonly PolicyStatement[]>;
}

/** What Karpenter makes, besides instance profiles. */
const MADE = [
  "fleet",
  "instance",
  "volume",
  "network-interface",
  "launch-template",
  "spot-instances-request",
];

/** What it starts instances from. */
const USED = ["security-group", "subnet", "capacity-reservation", "placement-group"];

function nodeLifecycle({ clusterName, region }: AddonCluster): readonly PolicyStatement[] {
  const ec2 = (owner: string, type: string) => `arn:${partitionOf(region)}:ec2:${region}:${owner}:${type}/*`;
  const owned = { [`aws:ResourceTag/kubernetes.io/cluster/${clusterName}`]: "owned" };
  const requested = {
    [`aws:RequestTag/kubernetes.io/cluster/${clusterName}`]: "owned",
    "aws:RequestTag/eks:eks-cluster-name": clusterName,
  };
  const launch = ["ec2:RunInstances", "ec2:CreateFleet"];
  return [
    {
      Sid: "AllowScopedEC2InstanceAccessActions",
      Effect: "Allow",
      Action: launch,
      Resource: [ec2("", "image"), ec2("", "snapshot"), ...USED.map((type) => ec2("*", type))],
    },
    {
      Sid: "AllowScopedEC2LaunchTemplateAccessActions",
      Effect: "Allow",
      Action: launch,
      Resource: ec2("*", "launch-template"),
      Condition: { StringEquals: owned, StringLike: { "aws:ResourceTag/karpenter.sh/nodepool": "*" } },
    },
    {
      Sid: "AllowScopedEC2InstanceActionsWithTags",
      Effect: "Allow",
      Action: [...launch, "ec2:CreateLaunchTemplate"],
      Resource: MADE.map((type) => ec2("*", type)),
      Condition: { StringEquals: requested, StringLike: { "aws:RequestTag/karpenter.sh/nodepool": "*" } },
    },
    {
      Sid: "AllowScopedResourceCreationTagging",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: MADE.map((type) => ec2("*", type)),
      Condition: {
        StringEquals: {
          ...requested,
          "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"],
        },
        StringLike: { "aws:RequestTag/karpenter.sh/nodepool": "*" },
      },
    },
    {
      Sid: "AllowScopedResourceTagging",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: ec2("*", "instance"),
      Condition: {
        StringEquals: owned,
        StringLike: { "aws:ResourceTag/karpenter.sh/nodepool": "*" },
        StringEqualsIfExists: { "aws:RequestTag/eks:eks-cluster-name": clusterName },
        "ForAllValues:StringEquals": {
          "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"],
        },
      },
    },
    {
      Sid: "AllowScopedDeletion",
      Effect: "Allow",
      Action: ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
      Resource: [ec2("*", "instance"), ec2("*", "launch-template")],
      Condition: { StringEquals: owned, StringLike: { "aws:ResourceTag/karpenter.sh/nodepool": "*" } },
    },
  ];
}

function instanceProfiles(cluster: AddonCluster): readonly PolicyStatement[] {
  const { clusterName, region, account, nodeRoleArn } = cluster;
  const profiles = `arn:${partitionOf(region)}:iam::${account}:instance-profile/*`;
  const owned = {
    [`aws:ResourceTag/kubernetes.io/cluster/${clusterName}`]: "owned",
    "aws:ResourceTag/topology.kubernetes.io/region": region,
  };
  const requested = {
    [`aws:RequestTag/kubernetes.io/cluster/${clusterName}`]: "owned",
    "aws:RequestTag/eks:eks-cluster-name": clusterName,
    "aws:RequestTag/topology.kubernetes.io/region": region,
  };
  const ofClass = { "aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass": "*" };
  const forClass = { "aws:RequestTag/karpenter.k8s.aws/ec2nodeclass": "*" };
  return [
    {
      Sid: "AllowPassingInstanceRole",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: nodeRoleArn,
      Condition: {
        StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"] },
      },
    },
    {
      Sid: "AllowScopedInstanceProfileCreationActions",
      Effect: "Allow",
      Action: "iam:CreateInstanceProfile",
      Resource: profiles,
      Condition: { StringEquals: requested, StringLike: forClass },
    },
    {
      Sid: "AllowScopedInstanceProfileTagActions",
      Effect: "Allow",
      Action: "iam:TagInstanceProfile",
      Resource: profiles,
      Condition: { StringEquals: { ...owned, ...requested }, StringLike: { ...ofClass, ...forClass } },
    },
    {
      Sid: "AllowScopedInstanceProfileActions",
      Effect: "Allow",
      Action: [
        "iam:AddRoleToInstanceProfile",
        "iam:RemoveRoleFromInstanceProfile",
        "iam:DeleteInstanceProfile",
      ],
      Resource: profiles,
      Condition: { StringEquals: owned, StringLike: ofClass },
    },
    {
      Sid: "AllowInstanceProfileReadActions",
      Effect: "Allow",
      Action: "iam:GetInstanceProfile",
      Resource: profiles,
    },
    {
      Sid: "AllowUnscopedInstanceProfileListAction",
      Effect: "Allow",
      Action: "iam:ListInstanceProfiles",
      Resource: "*",
    },
  ];
}

function discovery({ clusterArn, region }: AddonCluster): readonly PolicyStatement[] {
  return [
    {
      Sid: "AllowRegionalReadActions",
      Effect: "Allow",
      Action: [
        "ec2:DescribeCapacityReservations",
        "ec2:DescribeImages",
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceStatus",
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplates",
        "ec2:DescribePlacementGroups",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSpotPriceHistory",
        "ec2:DescribeSubnets",
      ],
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestedRegion": region } },
    },
    {
      Sid: "AllowSSMReadActions",
      Effect: "Allow",
      Action: "ssm:GetParameter",
      Resource: `arn:${partitionOf(region)}:ssm:${region}::parameter/aws/service/*`,
    },
    { Sid: "AllowPricingReadActions", Effect: "Allow", Action: "pricing:GetProducts", Resource: "*" },
    {
      Sid: "AllowAPIServerEndpointDiscovery",
      Effect: "Allow",
      Action: "eks:DescribeCluster",
      Resource: clusterArn,
    },
  ];
}
