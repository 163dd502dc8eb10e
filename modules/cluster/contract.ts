import { type ContractValues, defineContract } from "../core";

/** What the cluster stack tells the other stacks of its environment. */
export const CLUSTER = defineContract("cluster", {
  name: "string",
  arn: "string",

  /** URL of the Kubernetes API. */
  endpoint: "string",
  /** The certificate of who signed the API's, PEM in base64. */
  certificateAuthorityData: "string",
  /** Minor version, e.g. `1.35`. */
  kubernetesVersion: "string",

  oidcProviderArn: "string",
  /** The issuer of service account tokens, without its scheme. */
  oidcIssuer: "string",

  /** Security group of the Kubernetes API. */
  clusterSecurityGroupId: "string",
  /** Security group of the nodes: for rules of databases and caches that pods use. */
  nodeSecurityGroupId: "string",

  nodeRoleArn: "string",
  nodeRoleName: "string",

  /** Role that administers the cluster: `aws eks get-token --role-arn`. */
  adminRoleArn: "string",
});

/** The document of {@link CLUSTER}. */
export type ClusterContract = ContractValues<typeof CLUSTER.shape>;
