/** A Helm chart at one version. */
export interface Chart {
  readonly repository: string;
  readonly name: string;

  /** Version of the chart. */
  readonly version: string;

  /** Version of the program that it installs. */
  readonly appVersion: string;

  /** Day on which the chart was released. */
  readonly released: string;
}

/**
 * The charts, each pinned: Terraform installs the same until a commit changes this table.
 *
 * Read from the `Chart.yaml` of each project's repository in November 2026:
 * https://github.com/argoproj/argo-helm, https://github.com/aws/eks-charts, https://github.com/kubernetes/autoscaler,
 * https://github.com/aws/karpenter-provider-aws, https://github.com/kubernetes-sigs/metrics-server,
 * https://github.com/kubernetes-sigs/external-dns
 */
export const CHARTS = {
  // The last chart of the 3.2 line, whose Argo CD is what the cluster tests run.
  argoCd: {
    repository: "https://argoproj.github.io/argo-helm",
    name: "argo-cd",
    version: "9.3.7",
    appVersion: "3.2.6",
    released: "2026-01-27",
  },
  argoRollouts: {
    repository: "https://argoproj.github.io/argo-helm",
    name: "argo-rollouts",
    version: "2.41.0",
    appVersion: "1.9.0",
    released: "2026-06-05",
  },
  loadBalancerController: {
    repository: "https://aws.github.io/eks-charts",
    name: "aws-load-balancer-controller",
    version: "3.5.0",
    appVersion: "3.5.0",
    released: "2026-08-03",
  },
  clusterAutoscaler: {
    repository: "https://kubernetes.github.io/autoscaler",
    name: "cluster-autoscaler",
    version: "9.56.0",
    // The image is chosen by the cluster's minor: see cluster-autoscaler.ts.
    appVersion: "1.35.0",
    released: "2026-03-02",
  },
  karpenter: {
    repository: "oci://public.ecr.aws/karpenter",
    name: "karpenter",
    version: "1.14.1",
    appVersion: "1.14.1",
    released: "2026-08-20",
  },
  metricsServer: {
    repository: "https://kubernetes-sigs.github.io/metrics-server/",
    name: "metrics-server",
    version: "3.13.1",
    appVersion: "0.8.1",
    released: "2026-06-11",
  },
  externalDns: {
    repository: "https://kubernetes-sigs.github.io/external-dns/",
    name: "external-dns",
    version: "1.21.1",
    appVersion: "0.21.0",
    released: "2026-04-30",
  },
} as const satisfies Record<string, Chart>;
