import { createHash } from "node:crypto";
import type { Mark, OwnerContext, QueuedJob } from "./ports";
import type { ScaleSets } from "./scale-set-ports";
import type { Pool } from "./settings";

/** Why a request is in the book: the listener was told of it, or it was counted and nobody knows which it is. */
const ASSIGNED = "assigned";
const COUNTED = "counted";

/**
 * Id of what is ordered for no job of GitHub's API: for a request of its scale sets, which each owner counts anew, or for an
 * instance that waits. No two pools share one.
 */
export function jobIdOf(owner: string, pool: string, request: number | string): number {
  const digest = createHash("sha256").update(`${owner}\n${pool}\n${request}`).digest();
  // 40 bits: with them, the name of a runner has at most 64 characters.
  return digest.readUIntBE(0, 5) + 1;
}

/** Key of a request in the book, which is a part of the marks. */
export function requestKey(owner: string, pool: string, jobId: number): string {
  return `request/${owner}/${pool}/${jobId}`;
}

/** Writes down a request that was assigned. */
export async function noteRequest(
  { ledger, owner, now }: OwnerContext,
  { name }: Pool,
  jobId: number,
): Promise<void> {
  await ledger.mark(requestKey(owner, name, jobId), { reason: ASSIGNED, since: now() });
}

/** Takes a request out of the book: its job runs, or is over. */
export async function dropRequest(
  { ledger, owner }: OwnerContext,
  { name }: Pool,
  jobId: number,
): Promise<void> {
  await ledger.unmark(requestKey(owner, name, jobId));
}

/**
 * The requests of a pool that wait for a runner, by the book of the listener, which GitHub's own count corrects: what the
 * listener was not told of is added, and what it was not told the end of is taken out. So a message that was lost, or a
 * table, costs minutes and no job.
 */
export async function waitingRequests(
  pool: Pool,
  sets: ScaleSets,
  context: OwnerContext,
): Promise<readonly QueuedJob[]> {
  const { ledger, owner, now, unique, count, settings } = context;
  const statistics = (await sets.find(pool))?.statistics;
  const prefix = requestKey(owner, pool.name, 0).slice(0, -1);
  // Of an owner `octo/linux` too, the keys begin with those of owner `octo` and pool `linux`.
  const isOwn = (key: string) => key.startsWith(prefix) && /^\d+$/.test(key.slice(prefix.length));
  const book = [...(await ledger.marks())].filter(([key]) => isOwn(key)).map(requestOf(prefix));
  // Without a scale set, or its count, the book is all that is known.
  if (!statistics) return book.map((one) => jobOf(one, pool));
  count("JobsAvailable", statistics.totalAvailableJobs, pool.name);
  const waiting = Math.max(0, statistics.totalAssignedJobs - statistics.totalRunningJobs);
  const isOld = ({ since }: Request) => now() - since > settings.webhookSeconds;
  const surplus = [...book]
    .filter((one) => one.reason === COUNTED || isOld(one))
    .sort((a, b) => Number(b.reason === COUNTED) - Number(a.reason === COUNTED) || a.since - b.since)
    .slice(0, Math.max(0, book.length - waiting));
  for (const { jobId } of surplus) await dropRequest(context, pool, jobId);
  const kept = book.filter((one) => !surplus.includes(one));
  for (let number = kept.length; number < waiting; number++) {
    const jobId = jobIdOf(owner, pool.name, `${COUNTED} ${unique()}`);
    const counted = { reason: COUNTED, since: now() };
    await ledger.mark(requestKey(owner, pool.name, jobId), counted);
    kept.push({ jobId, ...counted });
  }
  return kept.map((one) => jobOf(one, pool));
}

interface Request extends Mark {
  readonly jobId: number;
}

function requestOf(prefix: string): (entry: readonly [string, Mark]) => Request {
  return ([key, mark]) => ({ ...mark, jobId: Number(key.slice(prefix.length)) });
}

function jobOf({ jobId, since }: Request, { name, labels }: Pool): QueuedJob {
  return { id: jobId, labels, queuedAt: since, pool: name };
}
