import { type Chart, type ChartAddon, type ChartInstallation, RESTRICTED_CONTAINER } from "../chart-addon";

/** Namespace of Prometheus, Alertmanager and Grafana: that from which the apps' NetworkPolicies let metrics be read. */
export const MONITORING_NAMESPACE = "monitoring";

/** Read from the `Chart.yaml` of https://github.com/prometheus-community/helm-charts in November 2026. */
const CHART: Chart = {
  repository: "https://prometheus-community.github.io/helm-charts",
  name: "kube-prometheus-stack",
  version: "88.5.3",
  // Of Prometheus Operator.
  appVersion: "0.93.1",
  released: "2026-08-21",
};

/**
 * Prometheus with its operator, Alertmanager, Grafana, and what measures nodes and objects. Nothing of it is reached from
 * outside of the cluster: `kubectl -n monitoring port-forward svc/kube-prometheus-stack-grafana 3000:80`. It uses no AWS API.
 *
 * @see https://github.com/prometheus-community/helm-charts/tree/main/charts/kube-prometheus-stack
 */
export const kubePrometheusStack: ChartAddon = { chart: CHART, install };

function install(): ChartInstallation {
  const claim = (storage: string) => ({
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
  });
  const budget = { enabled: true, minAvailable: 1 };
  // Its parts are watched by its own rules, and EKS shows no metrics of what it runs itself.
  const notShown = { enabled: false };
  return {
    namespace: MONITORING_NAMESPACE,
    ownNamespace: true,
    // What measures a node sees its processes, its network and its file systems.
    podSecurity: "privileged",
    serviceAccount: "kube-prometheus-stack-operator",
    policies: {},
    values: {
      fullnameOverride: "kube-prometheus-stack",
      kubeControllerManager: notShown,
      kubeEtcd: notShown,
      kubeScheduler: notShown,
      // On EKS it shows its metrics to its own node alone.
      kubeProxy: notShown,
      defaultRules: {
        rules: {
          etcd: false,
          kubeControllerManager: false,
          kubeProxy: false,
          kubeSchedulerAlerting: false,
          kubeSchedulerRecording: false,
        },
      },
      prometheusOperator: {
        serviceAccount: { create: true, name: "kube-prometheus-stack-operator" },
        resources: resources("50m", "128Mi", "512Mi"),
        prometheusConfigReloader: { resources: resources("10m", "32Mi", "64Mi") },
        admissionWebhooks: { patch: { resources: resources("10m", "32Mi", "128Mi") } },
      },
      prometheus: {
        service: { type: "ClusterIP" },
        ingress: { enabled: false },
        podDisruptionBudget: budget,
        prometheusSpec: {
          // Each measures all: one goes on while the other's node is renewed.
          replicas: 2,
          retention: "15d",
          // Less than the volume holds: full, it would stop.
          retentionSize: "40GB",
          storageSpec: { volumeClaimTemplate: claim("50Gi") },
          resources: resources("250m", "1Gi", "4Gi"),
          // Monitors and rules of every release, and not of this one alone.
          serviceMonitorSelectorNilUsesHelmValues: false,
          podMonitorSelectorNilUsesHelmValues: false,
          ruleSelectorNilUsesHelmValues: false,
          probeSelectorNilUsesHelmValues: false,
          scrapeConfigSelectorNilUsesHelmValues: false,
        },
      },
      alertmanager: {
        service: { type: "ClusterIP" },
        ingress: { enabled: false },
        podDisruptionBudget: budget,
        alertmanagerSpec: {
          replicas: 2,
          storage: { volumeClaimTemplate: claim("2Gi") },
          resources: resources("20m", "64Mi", "256Mi"),
        },
      },
      grafana: {
        service: { type: "ClusterIP" },
        ingress: { enabled: false },
        resources: resources("50m", "256Mi", "512Mi"),
        sidecar: { resources: resources("10m", "64Mi", "256Mi") },
        containerSecurityContext: { ...RESTRICTED_CONTAINER, readOnlyRootFilesystem: false },
      },
      "kube-state-metrics": { resources: resources("20m", "64Mi", "512Mi") },
      "prometheus-node-exporter": { resources: resources("20m", "32Mi", "128Mi") },
    },
  };
}

function resources(cpu: string, memory: string, limit: string) {
  return { requests: { cpu, memory }, limits: { memory: limit } };
}
