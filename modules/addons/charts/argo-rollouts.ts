import { type Chart, type ChartAddon, type ChartInstallation, RESTRICTED_CONTAINER } from "../chart-addon";

/** Read from the `Chart.yaml` of https://github.com/argoproj/argo-helm in November 2026. */
const CHART: Chart = {
  repository: "https://argoproj.github.io/argo-helm",
  name: "argo-rollouts",
  version: "2.41.0",
  appVersion: "1.9.0",
  released: "2026-06-05",
};

/**
 * Canary and blue-green roll-outs. It uses no AWS API: load balancers are changed by their controller.
 *
 * @see https://argoproj.github.io/argo-rollouts/
 */
export const argoRollouts: ChartAddon = { chart: CHART, install };

function install(): ChartInstallation {
  return {
    namespace: "argo-rollouts",
    ownNamespace: true,
    serviceAccount: "argo-rollouts",
    policies: {},
    values: {
      installCRDs: true,
      keepCRDs: true,
      serviceAccount: { create: true, name: "argo-rollouts" },
      podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containerSecurityContext: RESTRICTED_CONTAINER,
      controller: {
        replicas: 2,
        pdb: { enabled: true, maxUnavailable: 1 },
        resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
      },
    },
    whenMonitored: { controller: { metrics: { enabled: true, serviceMonitor: { enabled: true } } } },
  };
}
