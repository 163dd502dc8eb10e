import type { Architecture } from "./instance-families";
import type { NodeImage } from "./node-images";
import type { TomlTable } from "./toml";

/** A group of nodes of one kind. */
export interface NodeGroupOptions {
  /**
   * EC2 instance types that serve alike, at least one, e.g. `m5.large`; several make SPOT capacity likelier.
   *
   * For `ON_DEMAND` the first that is to be had wins. For `SPOT` their order means nothing, and changing it replaces
   * no node.
   */
  readonly instanceTypes: readonly string[];

  /** Fewest nodes, 0 or more. */
  readonly min: number;

  /** Most nodes, 1 or more. */
  readonly max: number;

  /**
   * Nodes to begin with; afterwards the autoscaler decides, and a change here is ignored.
   *
   * @default - `min`
   */
  readonly desired?: number;

  /**
   * How the instances are bought.
   *
   * @default "ON_DEMAND"
   */
  readonly capacity?: "ON_DEMAND" | "SPOT";

  /**
   * Processor architecture of the instance types.
   *
   * @default "x86_64"
   */
  readonly architecture?: Architecture;

  /**
   * Image of the nodes: Amazon Linux 2023 or Bottlerocket, with NVIDIA's or AWS Neuron's drivers where a group has
   * such processors.
   *
   * @default "al2023"
   */
  readonly image?: NodeImage;

  /**
   * Id of an AMI of one's own that is built on the one of `image`, e.g. `ami-0123456789abcdef0`. A plan fails on one of
   * another architecture than the group's; another id renews the nodes. EKS gives it no patches, and no `releaseVersion`.
   *
   * @default - EKS's own image
   */
  readonly amiId?: string;

  /**
   * Release of the image: the newest one on the day of each plan (`latest`), or a pinned one, e.g. `1.35.2-20261110`.
   *
   * With `latest` a plan shows an update in place once AWS has released another, and an apply renews the nodes. With a
   * pinned one a plan says which is newer, and renews nothing.
   *
   * @default "latest"
   */
  readonly releaseVersion?: string;

  /**
   * Ends pods that a budget protects when an update gets no further, instead of giving up the update.
   *
   * @default false
   */
  readonly forceUpdate?: boolean;

  /**
   * Nodes that an update may renew at a time: a number of 1 to 100, or a share of the group, `1%` to `100%`.
   *
   * @default "25%"
   */
  readonly maxUnavailable?: number | `${number}%`;

  /**
   * Minutes that Terraform waits for the group, each 10 to 1440.
   *
   * @default - 60 for each
   */
  readonly timeoutMinutes?: { readonly create?: number; readonly update?: number; readonly delete?: number };

  /**
   * Zones that its nodes start in, some of the network's: one that the cluster was not made with is fine here.
   * Changing them replaces the group.
   *
   * @default - those of the cluster
   */
  readonly zones?: readonly string[];

  /**
   * Subnets of its nodes by zone instead of the cluster's, e.g. `{ "us-east-1a": "subnet-0123456789abcdef0" }`: of a tier of
   * one's own. In the cluster's VPC, and with a way to AWS. Changing them replaces the group.
   *
   * @default - those of the cluster
   */
  readonly subnets?: Readonly<Record<string, string>>;

  /**
   * Size of the root volume in GiB, 20 to 16384.
   *
   * @default - that of the cluster
   */
  readonly diskGb?: number;

  /**
   * `spec` of nodeadm's NodeConfig, merged with EKS's: settings of the kubelet and of containerd, e.g.
   * `{ kubelet: { config: { shutdownGracePeriod: "30s" } } }`. For Amazon Linux 2023 alone.
   *
   * @see https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
   */
  readonly nodeConfig?: Readonly<Record<string, unknown>>;

  /**
   * Settings of Bottlerocket by their tables, merged with EKS's, e.g. `{ kernel: { lockdown: "integrity" } }`.
   *
   * @see https://bottlerocket.dev/en/os/latest/#/api/settings/
   */
  readonly bottlerocketSettings?: TomlTable;

  /** Kubernetes labels of the nodes. */
  readonly labels?: Readonly<Record<string, string>>;

  /** Kubernetes taints of the nodes, up to 50; no two of one key and effect. */
  readonly taints?: readonly NodeTaint[];
}

/** A taint: pods that do not tolerate it stay away. */
export interface NodeTaint {
  /** Key of the taint. */
  readonly key: string;

  /** Value of the taint. */
  readonly value?: string;

  /** What happens to pods that do not tolerate it. */
  readonly effect: "NO_SCHEDULE" | "NO_EXECUTE" | "PREFER_NO_SCHEDULE";
}
