import { fitName, NAME_RULES } from "../core/names";
import { partitionOf } from "../core/partition";

/** A role of the cluster: of its control plane, of its nodes, of pods on Fargate, of those who administer it. */
export type ClusterRoleId = "cluster" | "nodes" | "fargate" | "admin";

/** Name of a role: roles are the account's, clusters a Region's, so the Region keeps the names of two apart. */
export function clusterRoleName(clusterName: string, id: ClusterRoleId, region: string): string {
  return fitName(`${clusterName}-${id}-${region}`, NAME_RULES.role.maxLength);
}

/** Principals that have an access entry without anybody's asking, by what they are. */
export function clusterPrincipals(cluster: {
  readonly name: string;
  readonly account: string;
  readonly region: string;
}): Readonly<Record<string, string>> {
  const { name, account, region } = cluster;
  const arn = (id: ClusterRoleId) =>
    `arn:${partitionOf(region)}:iam::${account}:role/${clusterRoleName(name, id, region)}`;
  return { "the cluster's own admin role": arn("admin"), "the nodes' role": arn("nodes") };
}
