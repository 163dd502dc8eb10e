import { removeLeftRunners } from "./left-runners";
import type { Order } from "./order";
import { allPages } from "./pages";
import type { Context, Entry, Instance, QueuedJob, Runner } from "./ports";
import { queuedJobs } from "./queued-jobs";
import { ATTEMPT_SECONDS } from "./scale-up";
import { type Pool, poolFor } from "./settings";
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
  const { fleet, github, ledger, orders, settings, now, count } = context;
  const jobs = (await queuedJobs(context)).filter(({ labels }) => poolFor(labels, settings));
  const instances = await allPages((page) => fleet.instances(page));
  const runners = await allPages((page) => github.runners(page));
  const entries = await ledger.entries(jobs.map(({ id }) => id));
  count("QueueLength", jobs.length);
  const jobsOf = (pool: Pool) => jobs.filter(({ labels }) => poolFor(labels, settings) === pool);
  const missing = settings.pools.flatMap((pool) =>
    missingOrders(
      {
        pool,
        jobs: pool.standing ? [] : jobsOf(pool),
        instances: instances.filter((instance) => instance.pool === pool.name),
        runners,
        entries,
        now: now(),
      },
      settings,
    ),
  );
  for (let first = 0; first < missing.length; first += MOST_SENT) {
    await orders.send(missing.slice(first, first + MOST_SENT));
  }
  const lost = missing.filter(({ attempt }) => attempt === 1).length;
  count("LostWebhooks", lost);
  count("JobsStartedAgain", missing.length - lost);
  await removeLeftRunners({ instances, runners }, context);
  const errors: unknown[] = [];
  for (const pool of settings.pools) {
    if (!pool.standing) continue;
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
  readonly runners: readonly Runner[];
  readonly entries: ReadonlyMap<number, Entry>;
  readonly now: number;
}

/**
 * The orders that a pool lacks. GitHub gives a job to any runner that has its labels, so that they are counted, and
 * not matched: as many more as there are jobs that wait, less the instances that can still take one.
 */
export function missingOrders(
  { pool, jobs, instances, runners, entries, now }: Situation,
  { bootSeconds, webhookSeconds }: Pick<Context["settings"], "bootSeconds" | "webhookSeconds">,
): readonly Order[] {
  const byId = new Map(runners.map((runner) => [runner.id, runner]));
  const able = new Set(
    instances
      .filter(({ runnerId, launchedAt }) => {
        const runner = runnerId === undefined ? undefined : byId.get(runnerId);
        if (runner?.busy) return false;
        return runner?.online || now - launchedAt <= bootSeconds;
      })
      .map(({ id }) => id),
  );
  const waiting = jobs.filter(
    (job) => now - job.queuedAt > webhookSeconds && !isBegun(entries.get(job.id), now),
  );
  const hasOwn = ({ id }: QueuedJob) => able.has(entries.get(id)?.instanceId ?? "");
  return [...waiting]
    .sort((a, b) => Number(hasOwn(a)) - Number(hasOwn(b)) || a.queuedAt - b.queuedAt)
    .slice(0, Math.max(0, Math.min(waiting.length - able.size, pool.max - instances.length)))
    .map(({ id: jobId }) => ({ jobId, pool: pool.name, attempt: (entries.get(jobId)?.attempt ?? 0) + 1 }));
}

/** Whether somebody is at it: an instance is being started, or is not in EC2's list yet, or the last tries were in vain. */
function isBegun(entry: Entry | undefined, now: number): boolean {
  if (!entry) return false;
  const age = now - entry.at;
  if (age <= (entry.instanceId === undefined ? ATTEMPT_SECONDS : LIST_LAG_SECONDS)) return true;
  // Runners that never get the job: of a group that its repository may not use.
  return entry.attempt > 3 && age < Math.min(2 ** (entry.attempt - 3), 15) * 60;
}
