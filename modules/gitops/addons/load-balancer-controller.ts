import { CHARTS } from "../charts";
import { type Addon, type AddonCluster, RESTRICTED_CONTAINER } from "./addon";
import { loadBalancerPolicy } from "./load-balancer-policy";

const SERVICE_ACCOUNT = "aws-load-balancer-controller";

/**
 * Makes Application and Network Load Balancers for Ingresses and Services.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/
 */
export function loadBalancerController(cluster: AddonCluster): Addon {
  return {
    name: "aws_load_balancer_controller",
    chart: CHARTS.loadBalancerController,
    namespace: "kube-system",
    ownNamespace: false,
    serviceAccount: SERVICE_ACCOUNT,
    policies: { "load-balancers": loadBalancerPolicy(cluster.region) },
    values: {
      clusterName: cluster.clusterName,
      // The nodes' metadata is one hop away: a pod cannot ask it for these two.
      region: cluster.region,
      vpcId: cluster.vpcId,
      serviceAccount: { create: true, name: SERVICE_ACCOUNT },
      replicaCount: 2,
      podDisruptionBudget: { maxUnavailable: 1 },
      securityContext: RESTRICTED_CONTAINER,
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    },
  };
}
