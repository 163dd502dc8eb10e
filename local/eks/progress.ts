import { randomUUID } from "node:crypto";
import { now } from "./input";
import type { ClusterRecord, Update } from "./state";

/**
 * How often a change is described as under way before it is done. A client that waits looks again after a
 * tenth of a second; but the provider looks at a cluster that goes every ten seconds, so that is gone at once.
 */
const POLLS = { create: 1, update: 1, delete: 1 } as const;

/** Says that something is under way. */
export function begin(record: ClusterRecord, what: string, kind: keyof typeof POLLS): void {
  record.polls[what] = POLLS[kind];
}

/** Notes an update of the cluster or of something of it, and that it is under way. */
export function beginUpdate(
  record: ClusterRecord,
  what: string,
  type: string,
  params: Readonly<Record<string, unknown>>,
): Update {
  const update: Update = {
    id: randomUUID(),
    status: "InProgress",
    type,
    params: Object.entries(params).map(([name, value]) => ({
      type: name,
      value: typeof value === "string" ? value : JSON.stringify(value),
    })),
    createdAt: now(),
    errors: [],
  };
  record.updates[update.id] = { of: what, update };
  begin(record, what, "update");
  return structuredClone(update);
}

/** Whether something is still under way, asked once more. When it is done, its updates are too. */
export function isUnderWay(record: ClusterRecord, what: string): boolean {
  const left = record.polls[what];
  if (left === undefined) return false;
  if (left > 0) {
    record.polls[what] = left - 1;
    return true;
  }
  delete record.polls[what];
  for (const kept of Object.values(record.updates)) {
    if (kept.of === what) kept.update.status = "Successful";
  }
  return false;
}

/** The update of something that is under way. */
export function updateUnderWay(record: ClusterRecord, what: string): Update | undefined {
  return Object.values(record.updates).find(({ of, update }) => of === what && update.status === "InProgress")
    ?.update;
}
