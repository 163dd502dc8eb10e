/** What nodes are told when they start, beside what EKS tells them itself. */
export interface NodeSettings {
  /** Whether the nodes run Bottlerocket, which reads TOML. */
  readonly bottlerocket: boolean;

  /** Pods that a node takes. @default - what the image finds out by itself */
  readonly maxPods?: number;

  /** `spec` of nodeadm's NodeConfig, for Amazon Linux 2023. @default - nothing */
  readonly nodeConfig?: Readonly<Record<string, unknown>>;
}

const BOUNDARY = "//";

/**
 * The user data of a managed group's template, which EKS merges with its own: a part for nodeadm, or settings of
 * Bottlerocket.
 *
 * @returns undefined when there is nothing to say; else a text, not yet in base64.
 * @see https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
 * @see https://bottlerocket.dev/en/os/latest/#/api/settings/kubernetes/
 */
export function userData({ bottlerocket, maxPods, nodeConfig }: NodeSettings): string | undefined {
  if (maxPods === undefined && nodeConfig === undefined) return undefined;
  if (bottlerocket) return `[settings.kubernetes]\nmax-pods = ${maxPods}\n`;
  const kubelet = (nodeConfig?.kubelet ?? {}) as { readonly config?: object };
  const spec = {
    ...nodeConfig,
    ...(maxPods === undefined ? {} : { kubelet: { ...kubelet, config: { maxPods, ...kubelet.config } } }),
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
