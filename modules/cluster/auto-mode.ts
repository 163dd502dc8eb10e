import type { Fault } from "../core/errors";

/**
 * Who starts the nodes of a cluster: its groups, with the cluster autoscaler or Karpenter (`groups`), or EKS Auto Mode
 * (`auto`), which also brings the network of pods, DNS, volumes, load balancers and the Pod Identity agent.
 */
export type Compute = "groups" | "auto";

/** Pools of nodes that Auto Mode has from the start. */
export const AUTO_NODE_POOLS = ["general-purpose", "system"] as const;

/** What Auto Mode has of its own, and a cluster installs nothing of. */
const BUILT_IN = ["eks-node-monitoring-agent"];

/** What a cluster says beside its choice. */
interface Said {
  readonly compute?: Compute;
  readonly nodeGroups: Readonly<Record<string, unknown>>;
  readonly optionalAddons?: readonly string[];
  readonly prefixDelegation?: boolean;
}

/** The faults of a cluster whose nodes EKS starts: what Auto Mode does itself, or does not have. */
export function autoModeFaults(said: Said): readonly Fault[] {
  const { compute = "groups", nodeGroups, optionalAddons = [], prefixDelegation = false } = said;
  if (compute === "groups") return [];
  if (compute !== "auto") {
    return [{ what: `compute is ${JSON.stringify(compute)}`, instead: 'use "groups" or "auto"' }];
  }
  const faults: Fault[] = [];
  if (Object.keys(nodeGroups).length > 0) {
    faults.push({
      what: `compute is "auto", and nodeGroups has ${Object.keys(nodeGroups).join(", ")}: their nodes would have no network`,
      instead: 'leave the groups out, or use compute "groups"',
    });
  }
  for (const name of optionalAddons.filter((one) => BUILT_IN.includes(one))) {
    faults.push({
      what: `compute is "auto", and optionalAddons has ${JSON.stringify(name)}, which Auto Mode has of its own`,
      instead: "leave it out",
    });
  }
  if (prefixDelegation) {
    faults.push({
      what: 'compute is "auto", and prefixDelegation is true: Auto Mode hands out prefixes by itself',
      instead: "leave prefixDelegation out",
    });
  }
  return faults;
}

/** The faults of charts that do what Auto Mode does: two would fight over the same nodes and load balancers. */
export function autoModeAddonFaults(addons: {
  readonly nodeAutoscaler?: string;
  readonly loadBalancerController?: boolean;
}): readonly Fault[] {
  const faults: Fault[] = [];
  const { nodeAutoscaler = "none", loadBalancerController = false } = addons;
  if (nodeAutoscaler !== "none") {
    faults.push({
      what: `addons.nodeAutoscaler is ${JSON.stringify(nodeAutoscaler)}, and cluster.compute is "auto", which starts nodes itself`,
      instead: 'use addons.nodeAutoscaler "none"',
    });
  }
  if (loadBalancerController) {
    faults.push({
      what: 'addons.loadBalancerController is true, and cluster.compute is "auto", which makes load balancers itself',
      instead: "use addons.loadBalancerController false",
    });
  }
  return faults;
}
