import type { Fault } from "../core/errors";

/** What an environment says of its add-ons. */
export interface AddonSettings {
  /** Makes load balancers for Ingresses and Services. */
  readonly loadBalancerController: boolean;

  /** What adds and removes nodes; one at most, since two would fight over them. */
  readonly nodeAutoscaler: "cluster-autoscaler" | "karpenter" | "none";

  /** CPU and memory of pods, which HorizontalPodAutoscalers need. */
  readonly metricsServer: boolean;

  /** Writes DNS names of Ingresses and Services: domain → id of its Route 53 hosted zone. Not installed without any. */
  readonly externalDns: Readonly<Record<string, string>>;

  /** Canary and blue-green roll-outs. */
  readonly argoRollouts: boolean;
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
