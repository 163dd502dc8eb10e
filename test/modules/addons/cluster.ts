import type { AddonCluster } from "@groundplan/modules/addons";

/** The cluster that add-ons are installed in. */
export const cluster: AddonCluster = {
  clusterName: "groundplan-dev",
  clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/groundplan-dev",
  kubernetesVersion: "1.35",
  account: "123456789012",
  region: "us-east-1",
  vpcId: "vpc-0123456789abcdef0",
  subnetTags: { Tier: "private" },
  nodeSecurityGroupId: "sg-0123456789abcdef0",
  nodeRoleArn: "arn:aws:iam::123456789012:role/nodes",
  nodeRoleName: "nodes",
  imageRepositories: ["groundplan/dev/app", "groundplan/dev/worker"],
};
