/** How a program is built. */
export interface Recipe {
  /** Go package of its main function. */
  readonly package: string;

  /** Folder of its Go module, in `local/tools/`. @default - that folder itself */
  readonly module?: "." | "kwok" | "actions";

  /**
   * Variables that are set to Kubernetes' version when it is linked; `%v` is the whole of it, then major and minor.
   * Without them a program takes itself for a development build, and helm the cluster for Kubernetes 1.20.
   */
  readonly variables?: readonly string[];
}

const OF_KUBERNETES = ["gitVersion=v%v", "gitMajor=%major", "gitMinor=%minor"].map(
  (variable) => `k8s.io/component-base/version.${variable}`,
);

const OF_HELM = ["k8sVersionMajor=%major", "k8sVersionMinor=%minor"].flatMap((variable) => [
  `helm.sh/helm/v3/pkg/chartutil.${variable}`,
  `helm.sh/helm/v3/pkg/lint/rules.${variable}`,
]);

/** The programs, by the name of their file. */
export const PROGRAMS = {
  kustomize: { package: "sigs.k8s.io/kustomize/kustomize/v5" },
  helm: { package: "helm.sh/helm/v3/cmd/helm", variables: OF_HELM },
  kubeconform: { package: "github.com/yannh/kubeconform/cmd/kubeconform" },
  redis: { package: "./redis" },
  etcd: { package: "go.etcd.io/etcd/server/v3" },
  "kube-apiserver": { package: "k8s.io/kubernetes/cmd/kube-apiserver", variables: OF_KUBERNETES },
  "kube-controller-manager": {
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
    variables: OF_KUBERNETES,
  },
  "kube-scheduler": { package: "k8s.io/kubernetes/cmd/kube-scheduler", variables: OF_KUBERNETES },
  kubectl: { package: "k8s.io/kubernetes/cmd/kubectl", variables: OF_KUBERNETES },
  kubelet: { package: "k8s.io/kubernetes/cmd/kubelet", variables: OF_KUBERNETES },
  "kube-proxy": { package: "k8s.io/kubernetes/cmd/kube-proxy", variables: OF_KUBERNETES },
  node: { package: "./node" },
  pause: { package: "./pause" },
  kwok: { package: "sigs.k8s.io/kwok/cmd/kwok", module: "kwok" },
  argocd: { package: "./argocd" },
  "rollouts-controller": { package: "github.com/argoproj/argo-rollouts/cmd/rollouts-controller" },
  actionlint: { package: "github.com/rhysd/actionlint/cmd/actionlint", module: "actions" },
  act: { package: "github.com/nektos/act", module: "actions" },
} satisfies Record<string, Recipe>;

/** A program that the tools' module builds. */
export type ToolName = keyof typeof PROGRAMS;

/** Files that come with a program: kwok's stages of nodes and pods, the custom resource definitions of the others. */
export type AssetName = "kwok-stages.yaml" | "argocd-crds.yaml" | "rollouts-crds.yaml";

/** What every cluster needs, in the order in which it is built: what is shared by most comes first. */
export const CONTROL_PLANE: readonly ToolName[] = [
  "kustomize",
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubectl",
];

/** What nodes need beside it: those that kwok simulates, or the real one. */
export const NODES = {
  kwok: ["kwok"],
  real: ["kubelet", "kube-proxy", "node", "pause"],
} as const satisfies Record<string, readonly ToolName[]>;

/** All that nodes of this platform can need. */
export const ALL_NODES: readonly ToolName[] = [
  ...NODES.kwok,
  ...(process.platform === "linux" ? NODES.real : []),
];

/** What Argo CD needs beside it, and Argo Rollouts. */
export const GITOPS: readonly ToolName[] = ["helm", "redis", "argocd", "rollouts-controller"];

/** What only the tests of manifests need. */
export const LINTERS: readonly ToolName[] = ["kubeconform"];

/** What only the tests of the workflows need. */
export const ACTIONS: readonly ToolName[] = ["actionlint", "act"];
