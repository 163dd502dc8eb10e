import type { Place } from "../../gateway/exchange";

/** One resource as the API describes it. */
export type Resource = Record<string, unknown>;

/** A change under way or done. @see https://docs.aws.amazon.com/eks/latest/APIReference/API_Update.html */
export interface Update {
  readonly id: string;
  status: "InProgress" | "Successful";
  readonly type: string;
  readonly params: readonly { readonly type: string; readonly value: string }[];
  readonly createdAt: number;
  readonly errors: readonly never[];
}

/** An update with what it is of, e.g. `cluster` or `nodegroup/spot`. */
export interface KeptUpdate {
  readonly of: string;
  readonly update: Update;
}

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html */
export interface Cluster extends Resource {
  readonly name: string;
  readonly arn: string;
  status: Status;
  version: string;
  platformVersion: string;
  readonly roleArn: string;
  resourcesVpcConfig: VpcConfig;
  kubernetesNetworkConfig: Resource;
  accessConfig: { authenticationMode: "CONFIG_MAP" | "API_AND_CONFIG_MAP" | "API" };
  deletionProtection: boolean;
  tags: Record<string, string>;
}

export interface VpcConfig {
  readonly vpcId: string;
  readonly clusterSecurityGroupId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly endpointPublicAccess: boolean;
  readonly endpointPrivateAccess: boolean;
  readonly publicAccessCidrs: readonly string[];
}

export type Status = "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";

/** A resource of a cluster that takes time to come, to change, and to go. */
export interface Changing extends Resource {
  status: Status;
}

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_AccessEntry.html */
export interface AccessEntry extends Resource {
  readonly principalArn: string;
  readonly type: string;
  username: string;
  kubernetesGroups: readonly string[];
}

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociatedAccessPolicy.html */
export interface AssociatedPolicy {
  readonly policyArn: string;
  readonly accessScope: { readonly type: "cluster" | "namespace"; readonly namespaces: readonly string[] };
  readonly associatedAt: number;
  readonly modifiedAt: number;
}

/** A cluster with everything that belongs to it, each by its name. */
export interface ClusterRecord {
  cluster: Cluster;

  /** The certificate of a cluster that does not run, in base64. */
  readonly certificate: string;
  readonly nodegroups: Record<string, Changing>;
  readonly fargateProfiles: Record<string, Changing>;
  readonly addons: Record<string, Changing>;
  readonly accessEntries: Record<string, { entry: AccessEntry; policies: AssociatedPolicy[] }>;
  readonly podIdentities: Record<string, Resource>;
  readonly identityProviders: Record<string, Changing>;
  readonly updates: Record<string, KeptUpdate>;

  /** Until when something changes, in milliseconds since 1970, by what it is, e.g. `nodegroup/spot`. */
  readonly underWay: Record<string, number>;
}

/** The clusters of one account and Region, by name. */
export type Clusters = Record<string, ClusterRecord>;

/** Everything that is kept. */
export type Document = Record<string, Clusters>;

/** What a client names, if it is there; names such as `constructor` are names too. */
export function held<T>(all: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

/** Key of an account and Region. */
export function placeKey({ account, region }: Place): string {
  return `${account}/${region}`;
}
