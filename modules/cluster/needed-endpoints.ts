/** Interface endpoints that every node needs where nothing leads to the internet. */
const OF_NODES = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts"] as const;

/** What leads out of a network. */
export interface WaysOut {
  /** How private subnets reach the internet; `none` is the one that matters here. */
  readonly nat: string;

  /** Services reached through an interface endpoint, e.g. `ecr.api`. */
  readonly interfaceEndpoints: readonly string[];
}

/** Add-ons that call AWS, as an environment turns them on. */
export interface CallingAddons {
  /** Whether the AWS Load Balancer Controller runs. */
  readonly loadBalancerController?: boolean;

  /** What adds nodes: `cluster-autoscaler`, `karpenter` or `none`. */
  readonly nodeAutoscaler?: string;

  /** What external-secrets reads. */
  readonly externalSecrets?: {
    readonly secrets?: readonly string[];
    readonly parameters?: readonly string[];
  };
}

/** Endpoints of the add-ons of EKS that a cluster may name. */
const OF_ADDONS: Readonly<Record<string, readonly string[]>> = {
  "aws-efs-csi-driver": ["elasticfilesystem"],
  "amazon-cloudwatch-observability": ["logs", "monitoring"],
};

/**
 * What there is to say of a cluster whose nodes reach no internet: the endpoints without which they do not join it, or
 * its add-ons do not work.
 *
 * @param optionalAddons - of EKS, that the cluster names.
 * @returns undefined when there is nothing to say.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
 */
export function endpointWarning(
  { nat, interfaceEndpoints }: WaysOut,
  { loadBalancerController, nodeAutoscaler, externalSecrets = {} }: CallingAddons,
  optionalAddons: readonly string[] = [],
): string | undefined {
  if (nat !== "none") return undefined;
  const needed = [
    ...OF_NODES,
    ...(loadBalancerController ? ["elasticloadbalancing"] : []),
    ...(nodeAutoscaler === "cluster-autoscaler" ? ["autoscaling"] : []),
    ...(nodeAutoscaler === "karpenter" ? ["sqs", "ssm"] : []),
    ...optionalAddons.flatMap((name) => OF_ADDONS[name] ?? []),
    ...((externalSecrets.secrets ?? []).length > 0 ? ["secretsmanager"] : []),
    ...((externalSecrets.parameters ?? []).length > 0 ? ["ssm"] : []),
  ];
  const missing = [...new Set(needed)].filter((service) => !interfaceEndpoints.includes(service));
  if (missing.length === 0) return undefined;
  return `network.nat is "none" and these have no interface endpoint: ${missing.join(", ")}. Without them nodes do not join, or add-ons do not work; images of other registries than ECR are not reached either way (docs/cluster.md)`;
}
