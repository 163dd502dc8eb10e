import { gitHubIdOf, runnerIdOf } from "../../../../services/runner-core/src/owners";
import type { GitHub, Page, QueuedJob, Runner, RunnerId } from "../../../../services/runner-core/src/ports";

/** A job as the model knows it. */
export interface Job {
  readonly id: number;

  /** Key of its owner. */
  readonly owner: string;
  readonly labels: readonly string[];
  readonly queuedAt: number;
  status: "queued" | "in_progress" | "completed";

  /** How often a runner has begun it. */
  runs: number;
  cancelled?: boolean;
  runnerId?: RunnerId;
}

interface ModelRunner extends Runner {
  readonly owner: string;
  readonly labels: readonly string[];
  online: boolean;
  busy: boolean;

  /** Takes one job after the other, and is not forgotten after the first. */
  readonly stays?: boolean;
}

/** Who is told what becomes of jobs. */
export interface JobListener {
  queued(job: Job): void;
  started(job: Job): void;
  ended(job: Job): void;

  /** Whether a runner may get a job. */
  mayRun(job: Job): boolean;
}

/** Items of a page: few, so that every list has several. */
const PAGE = 2;

/** What others have in the same organization; it fills the first page of each list. */
const OTHER_RUNNERS: readonly Runner[] = ["fixed-01", "fixed-02"].map((name, index) => ({
  id: 9001 + index,
  name,
  online: false,
  busy: false,
}));
const OTHER_JOBS: readonly QueuedJob[] = [9001, 9002].map((id) => ({
  id,
  labels: ["self-hosted", "macos"],
  queuedAt: 0,
}));

/** What the lists show, which may be what was true some time ago. */
interface Snapshot {
  readonly at: number;
  readonly jobs: readonly (QueuedJob & { readonly owner?: string })[];
  readonly runners: readonly (Runner & { readonly owner?: string })[];
}

/** Seconds that a list may lag behind at most. */
const MOST_LAG = 60;

/** GitHub in memory: jobs, runners of each owner, which job goes where, and lists that are several pages long and late. */
export class ModelGitHub {
  readonly jobs: Job[] = [];
  readonly runners = new Map<RunnerId, ModelRunner>();
  private readonly nextRunners = new Map<string, number>();
  private readonly snapshots: Snapshot[] = [];

  /** Items of a page of a list of this account; GitHub's own lists have 100. */
  pageSize = PAGE;

  /** What is told of jobs, where there are scale sets. */
  listener: JobListener | undefined;

  constructor(private readonly now: () => number) {}

  queue(labels: readonly string[], owner = ""): Job {
    const id = this.jobs.length + 1;
    const job: Job = { id, owner, labels, queuedAt: this.now(), status: "queued", runs: 0 };
    this.jobs.push(job);
    this.listener?.queued(job);
    return job;
  }

  /** Gives queued jobs to runners that are online and idle and have their labels, `most` of them. */
  assign(most: number): void {
    const queued = this.jobs.filter((job) => job.status === "queued" && (this.listener?.mayRun(job) ?? true));
    for (const job of queued.slice(0, most)) {
      const runner = [...this.runners.values()].find(
        ({ online, busy, labels, owner }) =>
          online &&
          !busy &&
          owner === job.owner &&
          job.labels.every((label) => label === "self-hosted" || labels.includes(label)),
      );
      if (!runner) continue;
      Object.assign(job, { status: "in_progress", runs: job.runs + 1, runnerId: runner.id });
      runner.busy = true;
      this.listener?.started(job);
    }
  }

  /** Ends a job, after which GitHub forgets its runner: it was for one job. */
  complete(job: Job): void {
    job.status = "completed";
    this.listener?.ended(job);
    const runner = this.runners.get(job.runnerId ?? 0);
    if (runner?.stays) runner.busy = false;
    else if (runner) this.runners.delete(runner.id);
  }

  /** An instance that stays registers its runner; a name that is taken is refused. */
  register(name: string, labels: readonly string[]): boolean {
    if ([...this.runners.values()].some((runner) => runner.name === name)) return false;
    const id = this.nextId("");
    this.runners.set(id, { id, owner: "", name, labels, online: true, busy: false, stays: true });
    return true;
  }

  /** Each owner counts its runners anew. */
  private nextId(owner: string): RunnerId {
    const id = (this.nextRunners.get(owner) ?? 0) + 1;
    this.nextRunners.set(owner, id);
    return runnerIdOf(owner, id);
  }

  /** Takes a job back that waits. */
  cancel(index: number): void {
    const queued = this.jobs.filter(({ status }) => status === "queued");
    const job = queued[index % Math.max(1, queued.length)];
    if (!job) return;
    Object.assign(job, { status: "completed", cancelled: true });
    this.listener?.ended(job);
  }

  idOf(name: string | undefined): RunnerId | undefined {
    return [...this.runners.values()].find((runner) => runner.name === name)?.id;
  }

  jobOf(runnerId: RunnerId | undefined): Job | undefined {
    return this.jobs.find((job) => job.runnerId === runnerId && job.status === "in_progress");
  }

  /** Remembers what the lists show from now on. */
  remember(): void {
    this.snapshots.push({
      at: this.now(),
      jobs: [
        ...OTHER_JOBS,
        ...this.jobs.filter(({ status }) => status === "queued").map((job) => ({ ...job })),
      ],
      runners: [...OTHER_RUNNERS, ...[...this.runners.values()].map((runner) => ({ ...runner }))],
    });
    while (this.snapshots.length > 5) this.snapshots.shift();
  }

  /** What the lists show, `lag` snapshots late. */
  private shown(lag: number): Snapshot {
    if (lag === 0 || this.snapshots.length === 0) this.remember();
    const seen = this.snapshots.filter(({ at }) => this.now() - at <= MOST_LAG);
    return (seen.at(-1 - lag) ?? seen[0] ?? this.snapshots.at(-1)) as Snapshot;
  }

  /** The requests of the functions for an owner, with GitHub's own ids; `call` is where things go wrong. */
  client(call: <T>(effect: () => T) => Promise<T>, lag: number, owner = ""): GitHub {
    const keyed = (id: RunnerId) => runnerIdOf(owner, gitHubIdOf(id));
    const own = <T extends { readonly owner?: string }>(all: readonly T[]) =>
      all.filter((one) => one.owner === undefined || one.owner === owner);
    return {
      createRunner: ({ name, labels }) =>
        call(() => {
          const id = this.nextId(owner);
          this.runners.set(id, { id, owner, name, labels, online: false, busy: false });
          return { id: gitHubIdOf(id), configuration: `configuration of ${id}` };
        }),
      runners: (page) =>
        call(() =>
          paged(
            own(this.shown(lag).runners).map((runner) => ({ ...runner, id: gitHubIdOf(runner.id) })),
            page,
            this.pageSize,
          ),
        ),
      runner: (id) =>
        call(() => {
          const runner = this.runners.get(keyed(id));
          return runner && { ...runner };
        }),
      removeRunner: (id) =>
        call(() => {
          if (this.runners.get(keyed(id))?.busy) return "busy";
          this.runners.delete(keyed(id));
          return "removed";
        }),
      registrationToken: () => call(() => "token"),
      groupName: () => call(() => "Default"),
      repositories: (page) => call(() => paged(["one"], page)),
      runs: (repository, state, page) =>
        call(() => paged(state === "queued" ? [{ repository, id: 1 }] : [], page)),
      queuedJobs: (_, page) => call(() => paged(own(this.shown(lag).jobs), page, this.pageSize)),
    };
  }
}

/** A page of a list. */
export function paged<T>(all: readonly T[], page: string | undefined, size = PAGE): Page<T> {
  const first = Number(page ?? 0);
  const next = first + size;
  return { items: all.slice(first, next), next: next < all.length ? String(next) : undefined };
}
