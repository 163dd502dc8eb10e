import {
  type JobMessage,
  type ScaleSet,
  type ScaleSetSession,
  type ScaleSets,
  SessionExpired,
} from "../../../../services/runner-core/src/scale-set-ports";
import { poolFor, type Settings } from "../../../../services/runner-core/src/settings";
import type { Job, ModelGitHub } from "./github";

/** Seconds without a request after which GitHub ends a session. */
const SESSION_SECONDS = 180;

/** Seconds for which the token of a queue is good. */
const TOKEN_SECONDS = 900;

interface ModelSet {
  readonly id: number;
  readonly owner: string;
  readonly pool: string;
  messages: { readonly id: number; readonly jobs: readonly JobMessage[] }[];
  nextMessage: number;
  nextRequest: number;
  session: { readonly id: string; token: string; tokenUntil: number; seenAt: number } | undefined;
}

/** GitHub's scale sets in memory: queues whose messages come until they are deleted, and one session for each. */
export class ModelScaleSets {
  private readonly sets: ModelSet[] = [];
  private readonly requests = new Map<
    Job,
    { readonly set: ModelSet; readonly id: number; acquired: boolean }
  >();
  private unique = 0;

  constructor(
    private readonly now: () => number,
    private readonly github: ModelGitHub,
    private readonly settings: Settings,
  ) {}

  /** A job is queued: the scale set of its pool is told; every other one that it could have it, and it has to say so. */
  queued(job: Job): void {
    const pool = poolFor(job.labels, this.settings, job.owner);
    if (!pool) return;
    const set = this.of(job.owner, pool.name);
    const request = { set, id: set.nextRequest++, acquired: false };
    this.requests.set(job, request);
    if (request.id % 2 === 0) this.tell(job, "JobAvailable");
    else this.assign(job);
  }

  started(job: Job): void {
    this.tell(job, "JobStarted");
  }

  ended(job: Job): void {
    this.tell(job, "JobCompleted");
  }

  /** Whether a runner may get a job: it was given to its scale set. */
  mayRun(job: Job): boolean {
    return this.requests.get(job)?.acquired ?? false;
  }

  /** Messages are lost that nobody has read, as when a session ends. */
  lose(index: number): void {
    const set = this.sets[index % Math.max(1, this.sets.length)];
    // What nobody was told of yet stays available, and comes again.
    if (set) set.messages = set.messages.filter(({ jobs }) => jobs[0]?.messageType === "JobAvailable");
  }

  /** The tokens of all queues end. */
  expire(): void {
    for (const { session } of this.sets) if (session) session.tokenUntil = this.now() - 1;
  }

  client(call: <T>(effect: () => T) => Promise<T>, owner: string): ScaleSets {
    const byId = (id: number) => this.sets.find((set) => set.id === id) as ModelSet;
    const sessionOf = ({ setId, id }: ScaleSetSession) => {
      const { session } = byId(setId);
      if (session?.id !== id || this.now() - session.seenAt > SESSION_SECONDS)
        throw new SessionExpired("the session is over");
      session.seenAt = this.now();
      return session;
    };
    const checked = (session: ScaleSetSession) => {
      const { token, tokenUntil } = sessionOf(session);
      if (token !== session.token || tokenUntil < this.now()) throw new SessionExpired("401");
      return byId(session.setId);
    };
    const opened = (set: ModelSet, id: string): ScaleSetSession => {
      const token = `token ${this.unique++}`;
      set.session = { id, token, tokenUntil: this.now() + TOKEN_SECONDS, seenAt: this.now() };
      return { setId: set.id, id, queueUrl: "", token };
    };
    return {
      remove: () => call(() => true),
      find: (pool) => call(() => this.shown(this.of(owner, pool.name))),
      idOf: (pool) => call(() => this.of(owner, pool.name).id),
      ensure: (pool) => call(() => this.shown(this.of(owner, pool.name))),
      openSession: (id) =>
        call(() => {
          const set = byId(id);
          if (set.session && this.now() - set.session.seenAt <= SESSION_SECONDS) return "taken";
          return opened(set, `session ${this.unique++}`);
        }),
      refreshSession: (session) =>
        call(() => {
          sessionOf(session);
          return opened(byId(session.setId), session.id);
        }),
      closeSession: ({ setId, id }) =>
        call(() => {
          const set = byId(setId);
          if (set.session?.id === id) set.session = undefined;
        }),
      message: (session, last) =>
        call(() => {
          const found = checked(session).messages.find(({ id }) => id > last);
          return found && { ...found, statistics: undefined };
        }),
      deleteMessage: (session, id) =>
        call(() => {
          const set = checked(session);
          set.messages = set.messages.filter((message) => message.id !== id);
        }),
      acquire: (session, requests) =>
        call(() => {
          const set = checked(session);
          const given: number[] = [];
          for (const [job, request] of this.requests) {
            if (request.set !== set || request.acquired || !requests.includes(request.id)) continue;
            if (job.status !== "queued") continue;
            this.assign(job);
            given.push(request.id);
          }
          return given;
        }),
      createRunner: async (id, name) => {
        const { pool } = byId(id);
        const { labels = [], groupId = 1 } = this.settings.pools.find((one) => one.name === pool) ?? {};
        const runner = await this.github.client(call, 0, owner).createRunner({ name, labels, groupId });
        return { id: Number(runner.id), configuration: runner.configuration };
      },
    };
  }

  private of(owner: string, pool: string): ModelSet {
    const found = this.sets.find((set) => set.owner === owner && set.pool === pool);
    if (found) return found;
    const id = this.sets.length + 1;
    const made = { id, owner, pool, messages: [], nextMessage: 1, nextRequest: 1, session: undefined };
    this.sets.push(made);
    return made;
  }

  private assign(job: Job): void {
    const request = this.requests.get(job);
    if (request) request.acquired = true;
    this.tell(job, "JobAssigned");
  }

  private tell(job: Job, messageType: JobMessage["messageType"]): void {
    const request = this.requests.get(job);
    if (!request) return;
    const { set, id } = request;
    const message = { messageType, runnerRequestId: id };
    set.messages.push({ id: set.nextMessage++, jobs: [message] });
  }

  private shown(set: ModelSet): ScaleSet {
    const own = [...this.requests].filter(([, request]) => request.set === set);
    const count = (isCounted: (job: Job, acquired: boolean) => boolean) =>
      own.filter(([job, { acquired }]) => isCounted(job, acquired)).length;
    return {
      id: set.id,
      labels: [],
      statistics: {
        totalAvailableJobs: count((job, acquired) => job.status === "queued" && !acquired),
        totalAssignedJobs: count((job, acquired) => job.status !== "completed" && acquired),
        totalRunningJobs: count((job) => job.status === "in_progress"),
      },
    };
  }
}
