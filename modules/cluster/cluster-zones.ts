import type { Fault } from "../core/errors";

/**
 * The faults of the zones of a cluster and its groups.
 *
 * @param zones - of the control plane.
 * @param groups - zones of the groups that say their own, by the groups' names.
 * @param available - zones that the network has.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 */
export function clusterZoneFaults(
  zones: readonly string[],
  groups: Readonly<Record<string, { readonly zones?: readonly string[] }>>,
  available: readonly string[],
): readonly Fault[] {
  const faults: Fault[] = [];
  if (new Set(zones).size < 2) {
    faults.push({
      what: `zones is ${JSON.stringify(zones)}: EKS puts a control plane into two zones at least`,
      instead: `use two or three of the network's, e.g. ${JSON.stringify(available.slice(0, 3))}; they stay for as long as the cluster does`,
    });
  }
  return [...faults, ...listFaults("zones", zones, available), ...groupZoneFaults(groups, available)];
}

/** The faults of the zones of groups of nodes, or of Fargate profiles, that say their own. @param available - those of the network. */
export function groupZoneFaults(
  groups: Readonly<Record<string, { readonly zones?: readonly string[] }>>,
  available: readonly string[],
): readonly Fault[] {
  return Object.entries(groups).flatMap(([name, { zones }]) => {
    if (zones === undefined) return [];
    const key = `${name}.zones`;
    if (zones.length > 0) return listFaults(key, zones, available);
    return [{ what: `${key} is []: a group needs a zone`, instead: "name one, or leave it out" }];
  });
}

function listFaults(key: string, list: readonly string[], available: readonly string[]): readonly Fault[] {
  const faults: Fault[] = [];
  for (const zone of new Set(list.filter((one, index) => list.indexOf(one) !== index))) {
    faults.push({ what: `${key} lists ${JSON.stringify(zone)} twice`, instead: "list it once" });
  }
  for (const zone of new Set(list.filter((one) => !available.includes(one)))) {
    faults.push({
      what: `${key} has ${JSON.stringify(zone)}, which is not a zone of the network`,
      instead: `use some of ${available.join(", ")}, or give the network the zone first`,
    });
  }
  return faults;
}
