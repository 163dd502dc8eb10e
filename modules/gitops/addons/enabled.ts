import { fitName, NAME_RULES } from "../../core/names";
import type { BridgeAddon } from "../bridge";
import type { AddonSettings } from "../settings";
import type { Addon, AddonCluster } from "./addon";
import { argoRollouts } from "./argo-rollouts";
import { clusterAutoscaler } from "./cluster-autoscaler";
import { externalDns } from "./external-dns";
import { karpenter } from "./karpenter";
import { loadBalancerController } from "./load-balancer-controller";
import { metricsServer } from "./metrics-server";

/** The add-ons that an environment has, in the order in which they are installed. */
export function enabledAddons(cluster: AddonCluster, settings: AddonSettings): readonly Addon[] {
  return [
    ...(settings.nodeAutoscaler === "cluster-autoscaler" ? [clusterAutoscaler(cluster)] : []),
    ...(settings.nodeAutoscaler === "karpenter" ? [karpenter(cluster)] : []),
    ...(settings.metricsServer ? [metricsServer()] : []),
    ...(settings.loadBalancerController ? [loadBalancerController(cluster)] : []),
    ...(Object.keys(settings.externalDns).length > 0 ? [externalDns(cluster, settings.externalDns)] : []),
    ...(settings.argoRollouts ? [argoRollouts()] : []),
  ];
}

/** Name of the role of an add-on: `<cluster>-<add-on>-<Region>`, as roles belong to the account; cut to fit. */
export function addonRoleName({ clusterName, region }: AddonCluster, addon: BridgeAddon): string {
  return fitName(`${clusterName}-${addon.replaceAll("_", "-")}-${region}`, NAME_RULES.role.maxLength);
}
