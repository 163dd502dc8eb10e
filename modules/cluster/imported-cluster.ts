import { NAME_RULES, partitionOf } from "../core";
import { accountRule, assertAttributes, regionRule } from "../core/attributes";
import type { PodIdentityCluster } from "../identity";

/** A cluster of EKS: one made by `Cluster`, or one that is there already. */
export type ICluster = PodIdentityCluster;

/** What a cluster that is there already is known by. */
export interface ClusterAttributes {
  /** Name of the cluster. */
  readonly clusterName: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;
}

/** A cluster by its attributes. @throws SynthError with every fault of them. */
export function importedCluster({ clusterName, account, region }: ClusterAttributes): ICluster {
  const { pattern, example } = NAME_RULES.cluster;
  assertAttributes("Cluster.fromClusterAttributes", [
    { name: "clusterName", value: clusterName, pattern, example },
    accountRule(account),
    regionRule(region),
  ]);
  return {
    clusterName,
    clusterArn: `arn:${partitionOf(region)}:eks:${region}:${account}:cluster/${clusterName}`,
    account,
  };
}
