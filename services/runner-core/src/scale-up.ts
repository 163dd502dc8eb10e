import { limitsAt } from "./hours";
import { MalformedOrder, type Order, Permanent, parseOrder } from "./order";
import { isOwner, runnerIdOf } from "./owners";
import { allPages } from "./pages";
import type { Context, Entry, RunnerId } from "./ports";
import { runnerName } from "./runner-name";
import type { Pool } from "./settings";

/** Seconds for which one run works on an attempt alone: more than the function has. */
export const LEASE_SECONDS = 120;

/** Seconds after which an attempt that has not started an instance is given up; `reconcile` begins the next. */
export const ATTEMPT_SECONDS = 360;

/** How often a message comes until the job is left to `reconcile`: it is no dead letter that there was no capacity, or no GitHub. */
const MOST_RECEIPTS = 4;

/** What is read of a message of SQS. @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

/** Which messages come again. @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Starts an instance for each message; those that failed come again, and no other waits for them. */
export async function scaleUp(records: readonly QueueRecord[], context: Context): Promise<BatchResponse> {
  const room = new Room(context);
  const failed: string[] = [];
  for (const { messageId, body, attributes } of records) {
    try {
      await start(parseOrder(body), room, context);
    } catch (error) {
      const receipts = Number(attributes.ApproximateReceiveCount);
      const isPermanent = error instanceof Permanent;
      if (!isPermanent && receipts >= MOST_RECEIPTS) context.count("JobsDeferred", 1);
      else failed.push(messageId);
      const { message } = error as Error;
      context.log({
        level: "ERROR",
        message,
        messageId,
        receipts,
        isPermanent,
      });
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

/**
 * Starts an instance for an order. Each step is written down before the next one begins, and each can be done again:
 * a run that takes over from one that died ends with the same instance.
 *
 * The runner is registered before there is an instance, which so knows one runner from its beginning, by its tag: who
 * takes that runner off knows that the instance gets no job.
 */
async function start(order: Order, room: Room, context: Context): Promise<void> {
  const { ledger, configurations, settings, now } = context;
  const pool = settings.pools.find(({ name }) => name === order.pool);
  if (!pool) throw new MalformedOrder(`there is no pool ${JSON.stringify(order.pool)}`);
  if (pool.standing) return;
  const { owner = "" } = order;
  if (!isOwner(owner, settings)) throw new MalformedOrder(`there is no owner ${JSON.stringify(owner)}`);
  if (!(await room.has(pool))) {
    // Queued at GitHub it stays, where `reconcile` finds it when there is room.
    context.count("JobsDeferred", 1, pool.name);
    return;
  }
  const claim = await ledger.claim(order, now(), now() + LEASE_SECONDS);
  if (claim === "leased") throw new Error(`another run starts an instance for job ${order.jobId}`);
  if (claim === "superseded" || claim.instanceId !== undefined) return;
  if (now() - claim.at > ATTEMPT_SECONDS) return;
  let { runnerId } = claim;
  if (runnerId === undefined) {
    const runner = await register(order, pool, context);
    runnerId = runner.id;
    await configurations.put(runnerId, runner.configuration);
    await ledger.note(order, { runnerId });
  }
  const instanceId = await launch({ order, pool, runnerId, claim }, context);
  // Before it is written down that all is done: an instance that may not read its configuration ends in vain.
  await configurations.assign(runnerId, instanceId);
  room.taken(pool);
  context.count("InstancesStarted", 1, pool.name);
  context.log({ message: `instance ${instanceId} for job ${order.jobId}`, instanceId, runnerId, ...order });
  await ledger.note(order, { instanceId });
}

/** Registers a runner for one job: with the scale set of its pool, where there are scale sets. */
async function register(
  order: Order,
  pool: Pool,
  { settings, githubOf, scaleSetsOf, unique }: Context,
): Promise<{ readonly id: RunnerId; readonly configuration: string }> {
  const { owner = "" } = order;
  const name = runnerName(settings.fleet, order, unique());
  const sets = scaleSetsOf?.(owner);
  if (!sets) return githubOf(owner).createRunner({ name, labels: pool.labels, groupId: pool.groupId });
  const set = await sets.idOf(pool);
  if (set === undefined) throw new Error(`pool ${pool.name} has no scale set: see that the listener runs`);
  const { id, configuration } = await sets.createRunner(set, name);
  return { id: runnerIdOf(owner, id), configuration };
}

async function launch(
  start: { readonly order: Order; readonly pool: Pool; readonly runnerId: RunnerId; readonly claim: Entry },
  { fleet, ledger, count, log }: Context,
): Promise<string> {
  const { order, pool, runnerId, claim } = start;
  const { jobId, attempt } = order;
  for (const purchase of pool.spot ? (["spot", "on-demand"] as const) : (["on-demand"] as const)) {
    // EC2 answers a token that it knows as it did before, a refusal too: each try has its own.
    const token = `${jobId}-${attempt}-${claim.refusals}-${purchase}`;
    const answer = await fleet.launch({ token, pool, purchase, runnerId, jobId });
    if ("instanceId" in answer) return answer.instanceId;
    count("CapacityRefused", 1, pool.name);
    log({ level: "WARN", message: `no ${purchase} capacity for job ${jobId}`, refused: answer.refused });
  }
  await ledger.note(order, { refusals: claim.refusals + 1 });
  throw new Error(`no capacity for job ${jobId} in any zone`);
}

/** How many instances a pool may still get: EC2 is asked once in a run. */
class Room {
  private counted: Map<string, number> | undefined;

  constructor(private readonly context: Context) {}

  /** Whether there may be one more of the pool. */
  async has(pool: Pool): Promise<boolean> {
    const { name } = pool;
    const { max } = limitsAt(pool, this.context.now());
    const counted = this.counted ?? (await this.count());
    this.counted = counted;
    return (counted.get(name) ?? 0) < max;
  }

  /** One more of the pool was started. */
  taken({ name }: Pool): void {
    this.counted?.set(name, (this.counted.get(name) ?? 0) + 1);
  }

  private async count(): Promise<Map<string, number>> {
    const counted = new Map<string, number>();
    for (const { pool } of await allPages((page) => this.context.fleet.instances(page))) {
      counted.set(pool, (counted.get(pool) ?? 0) + 1);
    }
    return counted;
  }
}
