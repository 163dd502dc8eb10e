import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { PolicyStatement } from "../core/policy";
import type { Manifest } from "../gitops/manifest";
import type { NodePools } from "./charts/node-pool-options";

/** A Helm chart at one version. */
export interface Chart {
  /** Repository of the chart: `https://…` or `oci://…`. */
  readonly repository: string;

  /** Name of the chart, and of the add-on. */
  readonly name: string;

  /** Version of the chart. */
  readonly version: string;

  /** Version of the program that it installs. */
  readonly appVersion: string;

  /** Day on which the chart was released. */
  readonly released: string;
}

/** The cluster that add-ons are installed in, as its contract and the overlay know it; tokens allowed. */
export interface AddonCluster {
  /** Name of the cluster. */
  readonly clusterName: string;

  /** ARN of the cluster. */
  readonly clusterArn: string;

  /** Minor version, e.g. `1.35`. */
  readonly kubernetesVersion: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Id of the cluster's VPC. */
  readonly vpcId: string;

  /** Tags of the subnets that Karpenter starts nodes in. */
  readonly subnetTags: Readonly<Record<string, string>>;

  /** Id of the nodes' security group. */
  readonly nodeSecurityGroupId: string;

  /** ARN of the nodes' role. */
  readonly nodeRoleArn: string;

  /** Name of the nodes' role. */
  readonly nodeRoleName: string;

  /** Karpenter's pools of nodes. @default - one, `default` */
  readonly nodePools?: NodePools;

  /** Whether the VPC CNI hands out prefixes, so that a node takes more pods. @default false */
  readonly prefixDelegation?: boolean;

  /** Names of the environment's repositories in ECR, e.g. `groundplan/dev/app`. */
  readonly imageRepositories: readonly string[];
}

/** How an add-on is installed in a cluster. */
export interface ChartInstallation {
  /** Namespace of its pods. */
  readonly namespace: string;

  /** Whether the namespace is the add-on's, and made with the restricted Pod Security labels; `kube-system` is not. */
  readonly ownNamespace: boolean;

  /**
   * The level of the Pod Security Standards that its own namespace holds its pods to.
   *
   * @default "restricted"
   */
  readonly podSecurity?: "restricted" | "privileged";

  /** Service account of its pods; the chart makes it. */
  readonly serviceAccount: string;

  /** What it may do in AWS, by the names of the policies; none for an add-on that uses no AWS API. */
  readonly policies: Readonly<Record<string, readonly PolicyStatement[]>>;

  /** Values of its chart. */
  readonly values: object;

  /**
   * Values that are merged with them where Prometheus Operator runs: its ServiceMonitors. Their definition is there before.
   *
   * @default - none
   */
  readonly whenMonitored?: object;

  /**
   * Makes what has to stand before the pods start, beside the namespace and the role.
   *
   * @param scope - of this add-on alone.
   * @returns what the release waits for.
   * @default - nothing
   */
  readonly makeBefore?: (scope: Construct) => readonly ITerraformDependable[];

  /**
   * Custom resources that are applied once the chart has brought their definitions.
   *
   * @default - none
   */
  readonly customResources?: {
    /** Id of their construct within the add-on's. */
    readonly id: string;

    /** Name of their Helm release, up to 53 characters. */
    readonly releaseName: string;
    readonly manifests: readonly Manifest[];
  };
}

/**
 * An add-on that is a Helm chart: a file of `charts/`, and a row of the registry.
 *
 * @typeParam Value - what an environment says to have it; `true` for most.
 */
export interface ChartAddon<Value = true> {
  /** The chart, pinned: Terraform installs the same until a commit changes it. Its name is the add-on's. */
  readonly chart: Chart;

  /** How it is installed. No construct is made here: that is left to `makeBefore`. */
  readonly install: (cluster: AddonCluster, value: Value) => ChartInstallation;
}

/** The name of an add-on as the bridge's labels and annotations write it: `metrics-server` is `metrics_server`. */
export function bridgeName({ chart }: Pick<ChartAddon<never>, "chart">): string {
  return chart.name.replaceAll("-", "_");
}

/** A pod's security settings that the restricted Pod Security Standard asks for. */
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
} as const;
