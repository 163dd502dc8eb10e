import type { Fault } from "../../core/errors";
import { fitName, NAME_RULES } from "../../core/names";
import type { BridgeAddon } from "../bridge";
import type { Addon, AddonCluster, AddonSettings } from "./addon";
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

/** The faults of what an environment says of its add-ons. */
export function addonSettingsFaults({ externalDns, nodeAutoscaler }: AddonSettings): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [domain, zone] of Object.entries(externalDns)) {
    if (!/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domain)) {
      faults.push({
        what: `externalDns has ${JSON.stringify(domain)}: not a DNS domain in lower case`,
        instead: 'use e.g. { "dev.example.com": "Z0123456789ABCDEFGHIJ" }',
      });
    }
    if (!/^Z[A-Z0-9]{4,31}$/.test(zone)) {
      faults.push({
        what: `externalDns.${domain} is ${JSON.stringify(zone)}: not the id of a hosted zone`,
        instead: 'use e.g. "Z0123456789ABCDEFGHIJ", without "/hostedzone/"',
      });
    }
  }
  if (!["cluster-autoscaler", "karpenter", "none"].includes(nodeAutoscaler)) {
    faults.push({
      what: `nodeAutoscaler is ${JSON.stringify(nodeAutoscaler)}`,
      instead: 'use one of "cluster-autoscaler", "karpenter" and "none"',
    });
  }
  return faults;
}
