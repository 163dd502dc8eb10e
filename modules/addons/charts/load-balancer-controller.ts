import {
  type AddonCluster,
  type Chart,
  type ChartAddon,
  type ChartInstallation,
  RESTRICTED_CONTAINER,
} from "../chart-addon";
import { loadBalancerPolicy } from "./load-balancer-policy";

const SERVICE_ACCOUNT = "aws-load-balancer-controller";

/** The values of the chart, as far as Groundplan sets them. */
interface LoadBalancerControllerValues {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;

  /**
   * Whether a webhook gives each new Service of type LoadBalancer the controller's class.
   *
   * While it is on, and none of the controller's pods is ready yet, no Service at all can be made: other charts
   * that are installed beside it fail with `failed calling webhook "mservice.elbv2.k8s.aws" ... no endpoints`.
   * While it is off, a Service says `loadBalancerClass: service.k8s.aws/nlb` itself.
   *
   * @see https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4140
   */
  readonly enableServiceMutatorWebhook: boolean;
  readonly serviceAccount: { readonly create: boolean; readonly name: string };
  readonly replicaCount: number;
  readonly podDisruptionBudget: { readonly maxUnavailable: number };
  readonly securityContext: typeof RESTRICTED_CONTAINER;
  readonly resources: object;
}

/** Read from the `Chart.yaml` of https://github.com/aws/eks-charts in November 2026. */
const CHART: Chart = {
  repository: "https://aws.github.io/eks-charts",
  name: "aws-load-balancer-controller",
  version: "3.5.0",
  appVersion: "3.5.0",
  released: "2026-08-03",
};

/**
 * Makes Application and Network Load Balancers for Ingresses and Services.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/
 */
export const loadBalancerController: ChartAddon = { chart: CHART, install };

function install(cluster: AddonCluster): ChartInstallation {
  const values: LoadBalancerControllerValues = {
    clusterName: cluster.clusterName,
    // The nodes' metadata is one hop away: a pod cannot ask it for these two.
    region: cluster.region,
    vpcId: cluster.vpcId,
    enableServiceMutatorWebhook: false,
    serviceAccount: { create: true, name: SERVICE_ACCOUNT },
    replicaCount: 2,
    podDisruptionBudget: { maxUnavailable: 1 },
    securityContext: RESTRICTED_CONTAINER,
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
  };
  return {
    namespace: "kube-system",
    ownNamespace: false,
    serviceAccount: SERVICE_ACCOUNT,
    policies: { "load-balancers": loadBalancerPolicy(cluster.region) },
    values,
  };
}
