import type { NodeTaint } from "./node-group-options";
import { TAINT_EFFECTS } from "./taint-effects";
import { type TomlTable, toml } from "./toml";

/** A cluster as its nodes join it, where EKS does not tell them itself. */
export interface JoinedCluster {
  /** Name of the cluster. */
  readonly name: string;

  /** URL of the Kubernetes API. */
  readonly endpoint: string;

  /** The certificate of who signed the API's, PEM in base64. */
  readonly certificateAuthority: string;

  /** IPv4 range of the cluster's Services. */
  readonly serviceCidr: string;
}

/** What nodes are told when they start, beside what EKS tells them itself. */
export interface NodeSettings {
  /** Whether the nodes run Bottlerocket, which reads TOML. */
  readonly bottlerocket: boolean;

  /** Pods that a node takes. @default - what the image finds out by itself */
  readonly maxPods?: number;

  /** `spec` of nodeadm's NodeConfig, for Amazon Linux 2023. @default - nothing */
  readonly nodeConfig?: Readonly<Record<string, unknown>>;

  /** Settings of Bottlerocket, by their tables. @default - nothing */
  readonly bottlerocketSettings?: TomlTable;

  /** The cluster, for an image of one's own, to which EKS says nothing. @default - EKS tells it */
  readonly cluster?: JoinedCluster;

  /** Labels, which EKS does not tell such an image either. */
  readonly labels?: Readonly<Record<string, string>>;

  /** Taints with EKS's effects, e.g. `NO_SCHEDULE`. */
  readonly taints?: readonly NodeTaint[];
}

const BOUNDARY = "//";

/**
 * The user data of a managed group's template, which EKS merges with its own where the image is EKS's: a part for nodeadm,
 * or settings of Bottlerocket.
 *
 * @returns undefined when there is nothing to say; else a text, not yet in base64.
 * @see https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
 * @see https://bottlerocket.dev/en/os/latest/#/api/settings/kubernetes/
 */
export function userData(settings: NodeSettings): string | undefined {
  const { bottlerocket, maxPods, nodeConfig, bottlerocketSettings, cluster } = settings;
  if (bottlerocket) {
    if (maxPods === undefined && bottlerocketSettings === undefined && !cluster) return undefined;
    return toml({ settings: bottlerocketTables(settings) });
  }
  if (maxPods === undefined && nodeConfig === undefined && !cluster) return undefined;
  const kubelet = (nodeConfig?.kubelet ?? {}) as {
    readonly config?: object;
    readonly flags?: readonly string[];
  };
  const flags = [...(cluster ? kubeletFlags(settings) : []), ...(kubelet.flags ?? [])];
  const config = { ...(maxPods === undefined ? {} : { maxPods }), ...kubelet.config };
  const spec = {
    ...(cluster
      ? {
          cluster: {
            name: cluster.name,
            apiServerEndpoint: cluster.endpoint,
            certificateAuthority: cluster.certificateAuthority,
            cidr: cluster.serviceCidr,
          },
        }
      : {}),
    ...nodeConfig,
    ...(Object.keys(config).length > 0 || flags.length > 0
      ? {
          kubelet: {
            ...kubelet,
            ...(Object.keys(config).length > 0 ? { config } : {}),
            ...(flags.length > 0 ? { flags } : {}),
          },
        }
      : {}),
  };
  return [
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    "",
    `--${BOUNDARY}`,
    "Content-Type: application/node.eks.aws",
    "",
    // JSON is YAML too.
    JSON.stringify({ apiVersion: "node.eks.aws/v1alpha1", kind: "NodeConfig", spec }),
    `--${BOUNDARY}--`,
    "",
  ].join("\n");
}

function kubeletFlags({ labels = {}, taints = [] }: NodeSettings): readonly string[] {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const marks = taints.map(({ key, value = "", effect }) => `${key}=${value}:${TAINT_EFFECTS[effect]}`);
  return [
    ...(pairs.length > 0 ? [`--node-labels=${pairs.join()}`] : []),
    ...(marks.length > 0 ? [`--register-with-taints=${marks.join()}`] : []),
  ];
}

function bottlerocketTables(settings: NodeSettings): TomlTable {
  const { maxPods, bottlerocketSettings = {}, cluster, labels = {}, taints = [] } = settings;
  const kubernetes: TomlTable = {
    ...(cluster
      ? {
          "cluster-name": cluster.name,
          "api-server": cluster.endpoint,
          "cluster-certificate": cluster.certificateAuthority,
          ...(Object.keys(labels).length > 0 ? { "node-labels": labels } : {}),
          ...(taints.length > 0
            ? {
                "node-taints": taintsByKey(taints),
              }
            : {}),
        }
      : {}),
    ...(maxPods === undefined ? {} : { "max-pods": maxPods }),
    ...(bottlerocketSettings.kubernetes as TomlTable | undefined),
  };
  return { ...bottlerocketSettings, ...(Object.keys(kubernetes).length > 0 ? { kubernetes } : {}) };
}

/** Values and effects by key: a key may have several effects. */
function taintsByKey(
  taints: NonNullable<NodeSettings["taints"]>,
): Readonly<Record<string, readonly string[]>> {
  const keys = [...new Set(taints.map(({ key }) => key))];
  const marks = (key: string) =>
    taints
      .filter((one) => one.key === key)
      .map(({ value = "", effect }) => `${value}:${TAINT_EFFECTS[effect]}`);
  return Object.fromEntries(keys.map((key) => [key, marks(key)]));
}
