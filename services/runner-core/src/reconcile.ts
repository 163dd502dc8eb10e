import { removeFormerScaleSets } from "./former-scale-sets";
import { limitsAt } from "./hours";
import { removeLeftRunners } from "./left-runners";
import type { Order } from "./order";
import { eachOwner, ownerOfRunner } from "./owners";
import { allPages } from "./pages";
import type { Context, Entry, Instance, OwnerContext, QueuedJob, Runner } from "./ports";
import { poolOf, waitingJobs } from "./queued-jobs";
import { jobIdOf } from "./requests";
import { ATTEMPT_SECONDS } from "./scale-up";
import { idleOwnerOf, type Pool, serves } from "./settings";
import { tendStanding } from "./standing";

/** Seconds for which EC2's list may not have an instance yet that it has started. */
const LIST_LAG_SECONDS = 60;

/** Orders of one message to the queue: what SQS takes at once. */
const MOST_SENT = 10;

/**
 * Compares GitHub's own queue with the fleet: a job that waits, and for which no runner waits or starts, is ordered by
 * the same way as by the webhook. So a lost webhook, an interrupted spot instance or a function that died costs time
 * and no job. Then runners are taken off that have no instance.
 */
export async function reconcile(context: Context): Promise<void> {
  let waiting = 0;
  const ordered: Order[] = [];
  try {
    await eachOwner(context, (own) =>
      reconcileOwner(own, (jobs, missing) => {
        waiting += jobs;
        ordered.push(...missing);
      }),
    );
    await removeFormerScaleSets(context);
  } finally {
    // Once for all owners: an alarm looks at the least of a minute.
    const lost = ordered.filter(({ attempt }) => attempt === 1).length;
    context.count("QueueLength", waiting);
    context.count("LostWebhooks", lost);
    context.count("JobsStartedAgain", ordered.length - lost);
  }
}

async function reconcileOwner(
  context: OwnerContext,
  found: (waiting: number, missing: readonly Order[]) => void,
): Promise<void> {
  const { fleet, github, ledger, orders, settings, owner, now } = context;
  const jobs = await waitingJobs(context);
  const instances = await allPages((page) => fleet.instances(page));
  const runners = await allPages((page) => github.runners(page));
  const entries = await ledger.entries(jobs.map(({ id }) => id));
  const jobsOf = (pool: Pool) => jobs.filter((job) => poolOf(job, context) === pool);
  const missing: Order[] = [];
  const early: Order[] = [];
  const keyed = (order: Order): Order => (owner === "" ? order : { ...order, owner });
  for (const pool of settings.pools) {
    const all = instances.filter((instance) => instance.pool === pool.name);
    // What is registered with another owner takes no job of this one.
    const own = all.filter(({ runnerId }) => runnerId === undefined || ownerOfRunner(runnerId) === owner);
    const situation = {
      pool,
      jobs: pool.standing ? [] : jobsOf(pool),
      instances: own,
      others: all.length - own.length,
      runners,
      entries,
      now: now(),
    };
    missing.push(...missingOrders(situation, settings).map(keyed));
    early.push(...(await idleOrders(situation, context)).map(keyed));
  }
  const sent = [...missing, ...early];
  for (let first = 0; first < sent.length; first += MOST_SENT) {
    await orders.send(sent.slice(first, first + MOST_SENT));
  }
  found(jobs.length, missing);
  await removeLeftRunners({ instances, runners }, context);
  const errors: unknown[] = [];
  for (const pool of settings.pools) {
    if (!pool.standing || !serves(pool, owner)) continue;
    const situation = { instances, runners, waiting: jobsOf(pool).length };
    await tendStanding(pool, pool.standing, situation, context).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, "some pools could not be looked after");
}

/** What is known of a pool. */
interface Situation {
  readonly pool: Pool;
  readonly jobs: readonly QueuedJob[];
  readonly instances: readonly Instance[];

  /** Instances of the pool that are registered with other owners: they count for its limit. */
  readonly others: number;
  readonly runners: readonly Runner[];
  readonly entries: ReadonlyMap<number, Entry>;
  readonly now: number;
}

/**
 * The orders that a pool lacks. GitHub gives a job to any runner that has its labels, so that they are counted, and
 * not matched: as many more as there are jobs that wait, less the instances that can still take one.
 */
export function missingOrders(
  { pool, jobs, instances, others, runners, entries, now }: Situation,
  { bootSeconds, webhookSeconds }: Pick<Context["settings"], "bootSeconds" | "webhookSeconds">,
): readonly Order[] {
  const able = ableOf(instances, runners, now - bootSeconds);
  const waiting = jobs.filter(
    (job) => now - job.queuedAt > webhookSeconds && !isBegun(entries.get(job.id), now),
  );
  const hasOwn = ({ id }: QueuedJob) => able.has(entries.get(id)?.instanceId ?? "");
  return [...waiting]
    .sort((a, b) => Number(hasOwn(a)) - Number(hasOwn(b)) || a.queuedAt - b.queuedAt)
    .slice(
      0,
      Math.max(0, Math.min(waiting.length - able.size, limitsAt(pool, now).max - instances.length - others)),
    )
    .map(({ id: jobId }) => ({ jobId, pool: pool.name, attempt: (entries.get(jobId)?.attempt ?? 0) + 1 }));
}

/** The instances that can take a job: whose runner waits, or which come up. @param since - they began then, or later */
function ableOf(
  instances: readonly Instance[],
  runners: readonly Runner[],
  since: number,
): ReadonlySet<string> {
  const byId = new Map(runners.map((runner) => [runner.id, runner]));
  const able = instances.filter(({ runnerId, launchedAt }) => {
    const runner = runnerId === undefined ? undefined : byId.get(runnerId);
    if (runner?.busy) return false;
    return runner?.online || launchedAt >= since;
  });
  return new Set(able.map(({ id }) => id));
}

/**
 * The orders of instances that wait before there is a job, at the hours that say so. They are for no job: each has an id
 * of its own in place of one. What was ordered a moment ago is not in EC2's list yet, so it is given two minutes.
 */
async function idleOrders(
  { pool, jobs, instances, others, runners, now }: Situation,
  { ledger, owner, settings }: OwnerContext,
): Promise<readonly Order[]> {
  const { max, idle } = limitsAt(pool, now);
  if (pool.standing || idle === 0 || idleOwnerOf(pool) !== owner) return [];
  const able = ableOf(instances, runners, now - settings.bootSeconds).size;
  const missing = Math.min(idle - Math.max(0, able - jobs.length), max - instances.length - others);
  const key = `idle/${pool.name}`;
  const before = (await ledger.marks()).get(key)?.since ?? 0;
  if (missing <= 0 || now - before <= 2 * LIST_LAG_SECONDS) return [];
  await ledger.mark(key, { reason: "ordered", since: now });
  return Array.from({ length: missing }, (_, index) => ({
    jobId: jobIdOf(owner, pool.name, `idle ${now} ${index}`),
    pool: pool.name,
    attempt: 1,
  }));
}

/** Whether somebody is at it: an instance is being started, or is not in EC2's list yet, or the last tries were in vain. */
function isBegun(entry: Entry | undefined, now: number): boolean {
  if (!entry) return false;
  const age = now - entry.at;
  if (age <= (entry.instanceId === undefined ? ATTEMPT_SECONDS : LIST_LAG_SECONDS)) return true;
  // Runners that never get the job: of a group that its repository may not use.
  return entry.attempt > 3 && age < Math.min(2 ** (entry.attempt - 3), 15) * 60;
}
