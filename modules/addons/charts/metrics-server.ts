import type { Chart, ChartAddon, ChartInstallation } from "../chart-addon";

/** Read from the `Chart.yaml` of https://github.com/kubernetes-sigs/metrics-server in November 2026. */
const CHART: Chart = {
  repository: "https://kubernetes-sigs.github.io/metrics-server/",
  name: "metrics-server",
  version: "3.13.1",
  appVersion: "0.8.1",
  released: "2026-06-11",
};

/**
 * CPU and memory of pods and nodes, for autoscalers and `kubectl top`. It uses no AWS API.
 *
 * @see https://github.com/kubernetes-sigs/metrics-server
 */
export const metricsServer: ChartAddon = { chart: CHART, install };

function install(): ChartInstallation {
  return {
    namespace: "kube-system",
    ownNamespace: false,
    serviceAccount: "metrics-server",
    policies: {},
    values: {
      serviceAccount: { create: true, name: "metrics-server" },
      replicas: 2,
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      resources: { requests: { cpu: "100m", memory: "200Mi" }, limits: { memory: "400Mi" } },
    },
    whenMonitored: { metrics: { enabled: true }, serviceMonitor: { enabled: true } },
  };
}
