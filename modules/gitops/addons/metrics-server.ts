import { CHARTS } from "../charts";
import type { Addon } from "./addon";

/**
 * CPU and memory of pods and nodes, for autoscalers and `kubectl top`. It uses no AWS API.
 *
 * @see https://github.com/kubernetes-sigs/metrics-server
 */
export function metricsServer(): Addon {
  return {
    name: "metrics_server",
    chart: CHARTS.metricsServer,
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
  };
}
