import { randomUUID } from "node:crypto";
import { now } from "./input";
import type { ClusterRecord, Update } from "./state";

/**
 * Milliseconds after which a change is done at the latest. It is done as well when it was seen under way once: a
 * client that waits then looks again after a tenth of a second, or, as the AWS CLI, after half a minute.
 */
const LONGEST = 2_000;

/** Says that something is under way. */
export function begin(record: ClusterRecord, what: string): void {
  record.underWay[what] = Date.now() + LONGEST;
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
  begin(record, what);
  return structuredClone(update);
}

/** Whether something is still under way, asked once more. When it is done, its updates are too. */
export function isUnderWay(record: ClusterRecord, what: string): boolean {
  const until = record.underWay[what];
  if (until === undefined) return false;
  if (Date.now() < until) {
    record.underWay[what] = 0;
    return true;
  }
  delete record.underWay[what];
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
