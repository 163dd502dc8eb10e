import { ownersOf, ownersOfRepository, takerOf } from "./owners";
import { allPages } from "./pages";
import { type OwnerContext, type QueuedJob, RUN_STATES } from "./ports";
import { waitingRequests } from "./requests";
import { type Pool, poolFor, serves } from "./settings";

/** The pool of a job that waits; undefined for a job that is none of the fleet's. */
export function poolOf({ pool, labels }: QueuedJob, { settings, owner }: OwnerContext): Pool | undefined {
  if (pool === undefined) return poolFor(labels, settings, owner);
  return settings.pools.find(({ name }) => name === pool);
}

/**
 * The jobs of an owner that wait for a runner of the fleet: those of GitHub's queue, or of its scale sets. Instances that
 * stay have no scale set, so their jobs are always those of the queue.
 */
export async function waitingJobs(context: OwnerContext): Promise<readonly QueuedJob[]> {
  const { settings, owner, scaleSetsOf } = context;
  if (!scaleSetsOf) return (await queuedJobs(context)).filter((job) => poolOf(job, context));
  const own = settings.pools.filter((pool) => serves(pool, owner));
  const waiting: QueuedJob[] = [];
  for (const pool of own.filter(({ standing }) => !standing))
    waiting.push(...(await waitingRequests(pool, scaleSetsOf(owner), context)));
  if (own.every(({ standing }) => !standing)) return waiting;
  return [...waiting, ...(await queuedJobs(context)).filter((job) => poolOf(job, context)?.standing)];
}

/** The pools of jobs that GitHub has for their scale sets, and that no listener has acquired; a pool stands for each job once. */
export async function unacquiredJobs({
  settings,
  owner,
  scaleSetsOf,
}: OwnerContext): Promise<readonly Pool[]> {
  const sets = scaleSetsOf?.(owner);
  if (!sets) return [];
  const own = settings.pools.filter((pool) => serves(pool, owner) && !pool.standing);
  const counted = own.map(async (pool) => {
    const { totalAvailableJobs = 0 } = (await sets.find(pool))?.statistics ?? {};
    return Array<Pool>(totalAvailableJobs).fill(pool);
  });
  return (await Promise.all(counted)).flat();
}

/** GitHub's own queue of an owner: every job that waits for one of its runners. A job is listed once, and with one owner. */
async function queuedJobs({ github, settings, owner }: OwnerContext): Promise<readonly QueuedJob[]> {
  const jobs = new Map<number, QueuedJob>();
  const own = ownersOf(settings).find(({ key }) => key === owner);
  const named = own?.repositories ?? [];
  const repositories = named.length > 0 ? named : await allPages((page) => github.repositories(page));
  for (const repository of repositories) {
    const owners = ownersOfRepository({ owner: own?.owner ?? "", repository }, settings);
    const isOwn = ({ labels }: QueuedJob) => takerOf(labels, owners, settings)?.key === owner;
    for (const state of RUN_STATES) {
      for (const run of await allPages((page) => github.runs(repository, state, page))) {
        for (const job of await allPages((page) => github.queuedJobs(run, page)))
          if (isOwn(job)) jobs.set(job.id, job);
      }
    }
  }
  return [...jobs.values()];
}
