import { noteScaleSet } from "./former-scale-sets";
import { limitsAt } from "./hours";
import type { OwnerContext } from "./ports";
import { dropRequest, jobIdOf, noteRequest } from "./requests";
import {
  type JobMessage,
  type ScaleSetMessage,
  type ScaleSetSession,
  type ScaleSets,
  SessionExpired,
} from "./scale-set-ports";
import type { Pool } from "./settings";

/** What a look of the listener came to: `taken` when another one listens. */
export type Look = "handled" | "nothing" | "taken";

/** Orders of one message to the queue: what SQS takes at once. */
const MOST_SENT = 10;

/**
 * Listens to the scale set of a pool: GitHub says which jobs there are for it, and an instance is ordered for each by the
 * same way as by a webhook.
 *
 * A message is deleted after all that it says is written down. So a listener that dies gets it again, or the next one
 * does, and each order is begun once.
 */
export class Listener {
  private session: ScaleSetSession | undefined;
  private last = 0;

  constructor(
    private readonly pool: Pool,
    private readonly sets: ScaleSets,
    private readonly context: OwnerContext,

    /** What GitHub shows as the owner of its session. */
    private readonly name: string,
  ) {}

  /** Waits for a message, and does what it says. */
  async look(signal?: AbortSignal): Promise<Look> {
    const session = await this.open();
    if (session === "taken") return "taken";
    try {
      const { max } = limitsAt(this.pool, this.context.now());
      const message = await this.sets.message(session, this.last, max, signal);
      if (!message) return "nothing";
      await this.handle(message, session);
      await this.sets.deleteMessage(session, message.id);
      this.last = message.id;
      return "handled";
    } catch (error) {
      if (!(error instanceof SessionExpired)) throw error;
      await this.renew(session);
      return "nothing";
    }
  }

  /** Ends the session, so that the next listener need not wait until GitHub ends it. */
  async close(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    if (session) await this.sets.closeSession(session);
  }

  private async open(): Promise<ScaleSetSession | "taken"> {
    if (this.session) return this.session;
    const { id } = await this.sets.ensure(this.pool);
    await noteScaleSet(this.context, this.pool, id);
    const session = await this.sets.openSession(id, this.name);
    if (session === "taken") return "taken";
    this.session = session;
    // Messages of the session before that nobody has deleted come again.
    this.last = 0;
    return session;
  }

  private async renew(session: ScaleSetSession): Promise<void> {
    try {
      this.session = await this.sets.refreshSession(session);
    } catch (error) {
      // GitHub keeps the session, and lets nobody begin another: the next look tries again to renew it.
      if (!(error instanceof SessionExpired)) throw error;
      // The next look begins another session, unless somebody else has.
      this.session = undefined;
    }
  }

  private async handle({ jobs }: ScaleSetMessage, session: ScaleSetSession): Promise<void> {
    const { context, pool } = this;
    const of = (type: JobMessage["messageType"]) => jobs.filter(({ messageType }) => messageType === type);
    const available = of("JobAvailable").map(({ runnerRequestId }) => runnerRequestId);
    // Assigned, they come again as a message that says so.
    if (available.length > 0) await this.sets.acquire(session, available);
    const begun = new Set(
      [...of("JobStarted"), ...of("JobCompleted")].map(({ runnerRequestId }) => runnerRequestId),
    );
    const assigned = of("JobAssigned").filter(({ runnerRequestId }) => !begun.has(runnerRequestId));
    for (const { runnerRequestId } of assigned) await noteRequest(context, pool, this.jobId(runnerRequestId));
    await this.order(assigned.map(({ runnerRequestId }) => this.jobId(runnerRequestId)));
    for (const runnerRequestId of begun) await dropRequest(context, pool, this.jobId(runnerRequestId));
    this.count(of);
  }

  private async order(jobIds: readonly number[]): Promise<void> {
    const { orders, owner } = this.context;
    const all = jobIds.map((jobId) => ({
      jobId,
      pool: this.pool.name,
      attempt: 1,
      ...(owner === "" ? {} : { owner }),
    }));
    for (let first = 0; first < all.length; first += MOST_SENT) {
      await orders.send(all.slice(first, first + MOST_SENT));
    }
  }

  private count(of: (type: JobMessage["messageType"]) => readonly JobMessage[]): void {
    const { count } = this.context;
    const { name } = this.pool;
    const queued = of("JobAssigned").length;
    if (queued > 0) count("JobsQueued", queued, name);
    for (const { queueTime, runnerAssignTime } of of("JobStarted")) {
      const seconds = between(queueTime, runnerAssignTime);
      if (seconds !== undefined) count("JobSecondsToStart", seconds, name);
    }
    for (const { runnerAssignTime, finishTime } of of("JobCompleted")) {
      const seconds = between(runnerAssignTime, finishTime);
      if (seconds !== undefined) count("JobSeconds", seconds, name);
    }
  }

  private jobId(request: number): number {
    return jobIdOf(this.context.owner, this.pool.name, request);
  }
}

/** Seconds between two times; undefined where one of them is not known. */
function between(one: string | undefined, other: string | undefined): number | undefined {
  const seconds = (Date.parse(other ?? "") - Date.parse(one ?? "")) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
