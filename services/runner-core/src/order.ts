/** An order to start an instance for a job: what is in a message of the queue. */
export interface Order {
  /** Id of the job, GitHub's `workflow_job.id`. */
  readonly jobId: number;

  /** Name of the pool. */
  readonly pool: string;

  /** 1 by the webhook; one more each time when the instance of the one before is gone and the job still waits. */
  readonly attempt: number;

  /** Key of the job's owner, where that is not the fleet's own. */
  readonly owner?: string;
}

/** What no second try will make right: the message goes to the dead letters, and an alarm goes on. */
export class Permanent extends Error {}

/** A message that is no order. */
export class MalformedOrder extends Permanent {}

/** Reads a message of the queue. @throws MalformedOrder with what is wrong. */
export function parseOrder(body: string): Order {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    throw new MalformedOrder("the message is not JSON");
  }
  const { jobId, pool, attempt, owner } = (content ?? {}) as Partial<Record<string, unknown>>;
  if (!isWhole(jobId)) throw new MalformedOrder("jobId is not a whole number of 1 or more");
  if (!isWhole(attempt)) throw new MalformedOrder("attempt is not a whole number of 1 or more");
  if (typeof pool !== "string" || pool === "") throw new MalformedOrder("pool is not a name");
  if (owner !== undefined && (typeof owner !== "string" || owner === ""))
    throw new MalformedOrder("owner is not a key");
  return { jobId, pool, attempt, ...(owner === undefined ? {} : { owner }) };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
