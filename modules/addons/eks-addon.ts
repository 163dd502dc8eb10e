import type { KubernetesVersion } from "../cluster/versions";

/**
 * An add-on that EKS installs, in every cluster or where an environment names it: a file of `eks/`, and a row of the registry.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
 */
export interface EksAddon {
  /** Name of the add-on, as EKS has it. */
  readonly name: string;

  /**
   * Its build: one for every Kubernetes version, or one for each. Pinned, because the most recent one changes between
   * two plans, and the default of AWS with every upgrade.
   *
   * Renew with `aws eks describe-addon-versions --kubernetes-version 1.35 --addon-name coredns`.
   */
  readonly build: string | Readonly<Record<KubernetesVersion, string>>;

  /**
   * Whether it stands before the first node, which without it never becomes ready, or after: its pods need a node, and
   * before there is one they would count as degraded.
   */
  readonly stands: "before-nodes" | "after-nodes";

  /**
   * What its pods may do in AWS, by Pod Identity: the service account that they run as, and AWS's policy for them.
   *
   * @default - none: it uses no AWS API
   */
  readonly rights?: {
    /** Namespace of its pods. @default "kube-system" */
    readonly namespace?: string;
    readonly serviceAccount: string;
    readonly policy: string;
  };

  /**
   * Add-ons that stand before it, where a cluster has them.
   *
   * @default - none
   */
  readonly after?: readonly string[];

  /**
   * What it is told beside its version, in the words of its configuration schema.
   *
   * @default - its own defaults
   */
  readonly configuration?: object;
}

/** The build of an add-on for a Kubernetes version. */
export function buildOf({ build }: EksAddon, version: KubernetesVersion): string {
  return typeof build === "string" ? build : build[version];
}
