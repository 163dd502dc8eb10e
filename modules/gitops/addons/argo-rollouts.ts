import { CHARTS } from "../charts";
import { type Addon, RESTRICTED_CONTAINER } from "./addon";

/**
 * Canary and blue-green roll-outs. It uses no AWS API: load balancers are changed by their controller.
 *
 * @see https://argoproj.github.io/argo-rollouts/
 */
export function argoRollouts(): Addon {
  return {
    name: "argo_rollouts",
    chart: CHARTS.argoRollouts,
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
  };
}
