import { EksError } from "./error";
import { type Asked, about, clusterOf, type Operation, page } from "./operation";
import { isUnderWay } from "./progress";
import { held } from "./state";

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeUpdate.html */
export const updates: Readonly<Record<string, Operation>> = {
  "GET /clusters/{name}/updates/{updateId}": (asked) => {
    const record = clusterOf(asked);
    const id = asked.path.updateId ?? "";
    const kept = held(record.updates, id);
    if (!kept || kept.of !== ofWhat(asked)) {
      throw new EksError("ResourceNotFoundException", `No update found for ID: ${id}`, about(record.cluster));
    }
    if (!isUnderWay(record, kept.of)) finish(asked, kept.of);
    return { update: kept.update };
  },

  "GET /clusters/{name}/updates": (asked) => {
    const of = ofWhat(asked);
    const ids = Object.values(clusterOf(asked).updates)
      .filter((kept) => kept.of === of)
      .map(({ update }) => update.id);
    const { items, ...next } = page(ids, asked.query);
    return { updateIds: items, ...next };
  },
};

/** What the updates are of that a request asks for. */
function ofWhat({ query }: Asked): string {
  const group = query.get("nodegroupName");
  if (group !== null) return `nodegroup/${group}`;
  const addon = query.get("addonName");
  return addon === null ? "cluster" : `addon/${addon}`;
}

/** What was changed is active again. */
function finish(asked: Asked, of: string): void {
  const { cluster, nodegroups, addons } = clusterOf(asked);
  const [kind, name = ""] = of.split("/");
  const changed = kind === "cluster" ? cluster : kind === "nodegroup" ? nodegroups[name] : addons[name];
  if (changed?.status === "UPDATING") changed.status = "ACTIVE";
}
