import type { Canary } from "@groundplan/modules/gitops/canary";
import type { CanaryStep } from "@groundplan/modules/gitops/canary-step";
import type { OverlayFaults } from "../overlay-faults";
import type { AddonSettings } from "./addons";
import { checkSignatures, type SignatureSettings } from "./signatures";

/** How a new version of an app takes over in the cluster. */
export interface DeliverySettings {
  /** First a share of the traffic, then more, judged at each step; a version that fails is taken back at once. */
  readonly canary: CanarySettings;

  /** Whose signatures of images count in the cluster. */
  readonly signatures: SignatureSettings;
}

/** A canary of the environment's apps, by Argo Rollouts. */
export interface CanarySettings extends Canary {
  /** Whether there is one; without it a Deployment replaces its pods one by one. */
  readonly enabled: boolean;
}

/** Defaults of {@link DeliverySettings}. */
export const deliveryDefaults: DeliverySettings = {
  canary: {
    enabled: false,
    path: "/",
    steps: [
      { weight: 10, checks: 20, seconds: 40, maxErrors: 10 },
      { weight: 50, checks: 50, seconds: 50, maxErrors: 5 },
    ],
  },
  signatures: { enabled: false, keys: [], identities: [] },
};

/** Longest analysis of one step, in seconds: a day. */
const LONGEST = 86_400;

/** Reports what is wrong with the delivery of an overlay, alone and together with its add-ons. */
export function checkDelivery(
  faults: OverlayFaults,
  { canary, signatures }: DeliverySettings,
  addons: AddonSettings,
): void {
  checkSignatures(faults, signatures, addons);
  const { enabled, ingress, path, steps } = canary;
  for (const [index, step] of steps.entries()) checkStep(faults, `delivery.canary.steps[${index}]`, step);
  for (const [index, { weight }] of steps.entries()) {
    const before = steps[index - 1]?.weight;
    if (before === undefined || weight > before) continue;
    faults.add(
      `delivery.canary.steps[${index}].weight`,
      weight,
      `not more than the step before it, ${before}`,
      "let each step have more of the traffic than the one before, e.g. 10, then 50",
    );
  }
  if (ingress !== undefined && !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(ingress)) {
    faults.add("delivery.canary.ingress", ingress, "not the name of an Ingress", 'use e.g. "prod-app"');
  }
  if (path !== undefined && path !== false && !/^\/[\w./~-]*$/.test(path)) {
    faults.add("delivery.canary.path", path, "not the path of a URL", 'use e.g. "/", or false');
  }
  if (!enabled) return;
  if (steps.length === 0) {
    faults.add(
      "delivery.canary.steps",
      steps,
      "a canary without a step is none",
      "use e.g. [{ weight: 10, checks: 20, seconds: 40, maxErrors: 10 }], or delivery.canary.enabled: false",
    );
  }
  if (addons.argoRollouts !== true) {
    faults.add(
      "delivery.canary.enabled",
      enabled,
      `addons.argoRollouts is ${JSON.stringify(addons.argoRollouts ?? false)}, so nothing in the cluster runs a Rollout`,
      "use addons.argoRollouts: true, or delivery.canary.enabled: false",
    );
  }
  if (ingress !== undefined && addons.loadBalancerController !== true) {
    faults.add(
      "delivery.canary.ingress",
      ingress,
      `addons.loadBalancerController is ${JSON.stringify(addons.loadBalancerController ?? false)}, so nothing writes its weights into a load balancer`,
      "use addons.loadBalancerController: true, or leave delivery.canary.ingress out",
    );
  }
}

function checkStep(faults: OverlayFaults, key: string, step: CanaryStep): void {
  faults.wholeNumber(`${key}.weight`, step.weight, 1, 99, 10);
  faults.wholeNumber(`${key}.checks`, step.checks, 1, 1000, 20);
  faults.wholeNumber(`${key}.maxErrors`, step.maxErrors, 0, 99, 10);
  faults.wholeNumber(`${key}.seconds`, step.seconds, 1, LONGEST, 40);
  if (step.seconds >= step.checks) return;
  faults.add(
    `${key}.seconds`,
    step.seconds,
    `less than a second for each of ${step.checks} checks, and the controller's clock has whole seconds`,
    `use ${step.checks} or more, or fewer checks`,
  );
}
