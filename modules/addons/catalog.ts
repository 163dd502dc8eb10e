import { argoRollouts } from "./charts/argo-rollouts";
import { certManager } from "./charts/cert-manager";
import { clusterAutoscaler } from "./charts/cluster-autoscaler";
import { externalDns } from "./charts/external-dns";
import { externalSecrets } from "./charts/external-secrets";
import { karpenter } from "./charts/karpenter";
import { kubePrometheusStack } from "./charts/kube-prometheus-stack";
import { kyverno } from "./charts/kyverno";
import { loadBalancerController } from "./charts/load-balancer-controller";
import { metricsServer } from "./charts/metrics-server";
import { amazonCloudWatchObservability } from "./eks/amazon-cloudwatch-observability";
import { awsEbsCsiDriver } from "./eks/aws-ebs-csi-driver";
import { awsEfsCsiDriver } from "./eks/aws-efs-csi-driver";
import { coreDns } from "./eks/coredns";
import { eksNodeMonitoringAgent } from "./eks/eks-node-monitoring-agent";
import { eksPodIdentityAgent } from "./eks/eks-pod-identity-agent";
import { kubeProxy } from "./eks/kube-proxy";
import { snapshotController } from "./eks/snapshot-controller";
import { vpcCni } from "./eks/vpc-cni";
import type { EksAddon } from "./eks-addon";
import { readableSecrets } from "./readable-secrets";
import { type ChartRows, oneOf, onOff } from "./settings";
import { hostedZones, optionalZones } from "./zones";

/** The add-ons that EKS installs in every cluster, in the order in which they are made. */
export const EKS_ADDONS = [
  vpcCni,
  eksPodIdentityAgent,
  kubeProxy,
  coreDns,
  awsEbsCsiDriver,
] as const satisfies readonly EksAddon[];

/** The add-ons that EKS installs where an environment names them. */
export const OPTIONAL_EKS_ADDONS = [
  awsEfsCsiDriver,
  snapshotController,
  amazonCloudWatchObservability,
  eksNodeMonitoringAgent,
] as const satisfies readonly EksAddon[];

/**
 * The add-ons that are Helm charts, by the settings of an environment that turn them on, in the order in which they
 * are installed. To add one is a file of `charts/` and a row here: the overlays' type, the synthesized release and
 * role, and the bridge's labels follow.
 */
export const CHART_ADDONS = {
  /** kube-prometheus-stack: Prometheus, Alertmanager and Grafana in the cluster; the other add-ons are measured by it. */
  kubePrometheusStack: onOff(kubePrometheusStack),

  /** What adds and removes nodes; one at most, since two would fight over them. */
  nodeAutoscaler: oneOf({ "cluster-autoscaler": clusterAutoscaler, karpenter }),

  /** Measures CPU and memory of pods, which autoscalers of pods need. */
  metricsServer: onOff(metricsServer),

  /** AWS Load Balancer Controller: makes load balancers for Ingresses and Services. */
  loadBalancerController: onOff(loadBalancerController),

  /** external-dns writes DNS names of Ingresses and Services: domain → id of its Route 53 zone; without any it is not installed. */
  externalDns: hostedZones(externalDns),

  /** Argo Rollouts: canary and blue-green roll-outs. */
  argoRollouts: onOff(argoRollouts),

  /** cert-manager issues certificates; with domain → id of its Route 53 zone, by DNS-01 challenges there. */
  certManager: optionalZones(certManager),

  /** external-secrets writes secrets and parameters of AWS that it names into Kubernetes; without any it is not installed. */
  externalSecrets: readableSecrets(externalSecrets),

  /** Kyverno refuses images that are not signed by whom `delivery.signatures` names. */
  kyverno: onOff(kyverno),
} as const satisfies ChartRows;
