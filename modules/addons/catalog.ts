import { argoRollouts } from "./charts/argo-rollouts";
import { clusterAutoscaler } from "./charts/cluster-autoscaler";
import { externalDns } from "./charts/external-dns";
import { karpenter } from "./charts/karpenter";
import { kyverno } from "./charts/kyverno";
import { loadBalancerController } from "./charts/load-balancer-controller";
import { metricsServer } from "./charts/metrics-server";
import { awsEbsCsiDriver } from "./eks/aws-ebs-csi-driver";
import { coreDns } from "./eks/coredns";
import { eksPodIdentityAgent } from "./eks/eks-pod-identity-agent";
import { kubeProxy } from "./eks/kube-proxy";
import { vpcCni } from "./eks/vpc-cni";
import type { EksAddon } from "./eks-addon";
import { type ChartRows, oneOf, onOff } from "./settings";
import { hostedZones } from "./zones";

/** The add-ons that EKS installs in every cluster, in the order in which they are made. */
export const EKS_ADDONS = [
  vpcCni,
  eksPodIdentityAgent,
  kubeProxy,
  coreDns,
  awsEbsCsiDriver,
] as const satisfies readonly EksAddon[];

/**
 * The add-ons that are Helm charts, by the settings of an environment that turn them on, in the order in which they
 * are installed. To add one is a file of `charts/` and a row here: the overlays' type, the synthesized release and
 * role, and the bridge's labels follow.
 */
export const CHART_ADDONS = {
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

  /** Kyverno refuses images that are not signed by whom `delivery.signatures` names. */
  kyverno: onOff(kyverno),
} as const satisfies ChartRows;
