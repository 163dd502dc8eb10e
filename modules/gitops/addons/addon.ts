import type { PolicyStatement } from "../../core";
import type { BridgeAddon } from "../bridge";
import type { Chart } from "../charts";

/** The cluster that add-ons are installed in, as its contract and the overlay know it; tokens allowed. */
export interface AddonCluster {
  /** Name of the cluster. */
  readonly clusterName: string;
  readonly clusterArn: string;

  /** Minor version, e.g. `1.35`. */
  readonly kubernetesVersion: string;

  /** AWS account, 12 digits. */
  readonly account: string;
  readonly region: string;
  readonly vpcId: string;

  /** Tags of the subnets that Karpenter starts nodes in. */
  readonly subnetTags: Readonly<Record<string, string>>;
  readonly nodeSecurityGroupId: string;
  readonly nodeRoleArn: string;
  readonly nodeRoleName: string;
}

/** How one add-on is installed. */
export interface Addon {
  readonly name: BridgeAddon;
  readonly chart: Chart;
  readonly namespace: string;

  /** Whether the namespace is the add-on's, and made with the restricted Pod Security labels; `kube-system` is not. */
  readonly ownNamespace: boolean;
  readonly serviceAccount: string;

  /** What it may do in AWS, by the names of the policies; none for an add-on that uses no AWS API. */
  readonly policies: Readonly<Record<string, readonly PolicyStatement[]>>;

  /** Values of its chart. */
  readonly values: object;
}

/** A pod's security settings that the restricted Pod Security Standard asks for. */
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
} as const;
