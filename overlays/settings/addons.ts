import { type AddonSettings, addonSettingsFaults } from "@groundplan/modules/addons/enabled";
import type { OverlayFaults } from "../overlay-faults";

export type { AddonSettings } from "@groundplan/modules/addons/enabled";

/** Defaults of {@link AddonSettings}. */
export const addonDefaults: AddonSettings = {
  loadBalancerController: true,
  nodeAutoscaler: "cluster-autoscaler",
  metricsServer: true,
  externalDns: {},
  argoRollouts: true,
  kubePrometheusStack: false,
  certManager: false,
  externalSecrets: {},
  kyverno: false,
};

/** Reports what is wrong with the add-ons of an overlay. */
export function checkAddons(faults: OverlayFaults, addons: AddonSettings): void {
  faults.addAll("addons", addonSettingsFaults(addons));
}
