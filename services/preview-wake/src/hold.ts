import type { Metadata, Run } from "./metadata";

/** Milliseconds after its last word that a run counts as dead, as in `cli/preview/life-cycle.ts`. */
const LEASE = 180_000;

/** Milliseconds after which a run says anew that it goes on. */
const RENEWAL = 30_000;

/** Changes of the status that are kept. */
const MOST_CHANGES = 50;

/** How the ids of this function's runs begin: any call of it goes on with one. */
const OWN = "preview-wake-";

/** Who wakes, in the history. */
const BY = "preview-wake";

/** What a request to wake may do, by what is stored. */
export type Decision =
  | { readonly kind: "act"; readonly metadata: Metadata; readonly isToBeWritten: boolean }
  | { readonly kind: "wait" | "refuse"; readonly why: string };

/**
 * Decides on a request to wake a preview.
 *
 * @param id - a new one, for a run that begins.
 * @param now - milliseconds.
 */
export function decide(metadata: Metadata, id: string, now: number): Decision {
  const { status, run, expiresAt, outputs } = metadata;
  if (status !== "asleep") return { kind: status === "active" ? "wait" : "refuse", why: `it is ${status}` };
  if (Date.parse(expiresAt) <= now) return { kind: "refuse", why: "its time is over" };
  if (!outputs?.service || !outputs.listener_rule)
    return { kind: "refuse", why: "it has no service that could be woken" };
  const at = new Date(now).toISOString();
  if (run?.id.startsWith(OWN)) {
    if (isFresh(run, now)) return { kind: "act", metadata, isToBeWritten: false };
    return { kind: "act", metadata: { ...metadata, run: { ...run, renewedAt: at } }, isToBeWritten: true };
  }
  if (run && isAlive(run, now)) return { kind: "wait", why: `another run holds it (${run.work})` };
  const mine: Run = { id: `${OWN}${id}`, work: "wake", startedAt: at, renewedAt: at };
  return { kind: "act", metadata: { ...metadata, run: mine, updatedAt: at }, isToBeWritten: true };
}

/** A word from far in the future is that of a wrong clock. */
function isAlive({ renewedAt }: Run, now: number): boolean {
  const age = now - Date.parse(renewedAt);
  return age < LEASE && age > -7_200_000;
}

function isFresh({ renewedAt }: Run, now: number): boolean {
  return now - Date.parse(renewedAt) < RENEWAL;
}

/** A preview that is awake; undefined when its run is not this function's any more. */
export function awake(metadata: Metadata, now: number): Metadata | undefined {
  const { run, ...rest } = metadata;
  if (metadata.status !== "asleep" || !run?.id.startsWith(OWN)) return undefined;
  const at = new Date(now).toISOString();
  const change = { at, from: "asleep", to: "active", by: BY, reason: "somebody asked for its address" };
  return {
    ...rest,
    status: "active",
    updatedAt: at,
    history: [...rest.history, change].slice(-MOST_CHANGES),
  };
}
