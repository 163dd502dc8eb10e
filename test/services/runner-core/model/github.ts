import type { GitHub, Page, QueuedJob, Runner } from "../../../../services/runner-core/src/ports";

/** A job as the model knows it. */
export interface Job {
  readonly id: number;
  readonly labels: readonly string[];
  readonly queuedAt: number;
  status: "queued" | "in_progress" | "completed";

  /** How often a runner has begun it. */
  runs: number;
  cancelled?: boolean;
  runnerId?: number;
}

interface ModelRunner extends Runner {
  readonly labels: readonly string[];
  online: boolean;
  busy: boolean;

  /** Takes one job after the other, and is not forgotten after the first. */
  readonly stays?: boolean;
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
  readonly jobs: readonly QueuedJob[];
  readonly runners: readonly Runner[];
}

/** Seconds that a list may lag behind at most. */
const MOST_LAG = 60;

/** GitHub in memory: jobs, runners, which job goes where, and lists that are several pages long and late. */
export class ModelGitHub {
  readonly jobs: Job[] = [];
  readonly runners = new Map<number, ModelRunner>();
  private nextRunner = 1;
  private readonly snapshots: Snapshot[] = [];

  constructor(private readonly now: () => number) {}

  queue(labels: readonly string[]): Job {
    const job: Job = { id: this.jobs.length + 1, labels, queuedAt: this.now(), status: "queued", runs: 0 };
    this.jobs.push(job);
    return job;
  }

  /** Gives queued jobs to runners that are online and idle and have their labels, `most` of them. */
  assign(most: number): void {
    for (const job of this.jobs.filter(({ status }) => status === "queued").slice(0, most)) {
      const runner = [...this.runners.values()].find(
        ({ online, busy, labels }) =>
          online && !busy && job.labels.every((label) => label === "self-hosted" || labels.includes(label)),
      );
      if (!runner) continue;
      Object.assign(job, { status: "in_progress", runs: job.runs + 1, runnerId: runner.id });
      runner.busy = true;
    }
  }

  /** Ends a job, after which GitHub forgets its runner: it was for one job. */
  complete(job: Job): void {
    job.status = "completed";
    const runner = this.runners.get(job.runnerId ?? 0);
    if (runner?.stays) runner.busy = false;
    else if (runner) this.runners.delete(runner.id);
  }

  /** An instance that stays registers its runner; a name that is taken is refused. */
  register(name: string, labels: readonly string[]): boolean {
    if ([...this.runners.values()].some((runner) => runner.name === name)) return false;
    const id = this.nextRunner++;
    this.runners.set(id, { id, name, labels, online: true, busy: false, stays: true });
    return true;
  }

  /** Takes a job back that waits. */
  cancel(index: number): void {
    const queued = this.jobs.filter(({ status }) => status === "queued");
    const job = queued[index % Math.max(1, queued.length)];
    if (job) Object.assign(job, { status: "completed", cancelled: true });
  }

  idOf(name: string | undefined): number | undefined {
    return [...this.runners.values()].find((runner) => runner.name === name)?.id;
  }

  jobOf(runnerId: number | undefined): Job | undefined {
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

  /** The requests of the functions; `call` is where things go wrong. */
  client(call: <T>(effect: () => T) => Promise<T>, lag: number): GitHub {
    return {
      createRunner: ({ name, labels }) =>
        call(() => {
          const id = this.nextRunner++;
          this.runners.set(id, { id, name, labels, online: false, busy: false });
          return { id, configuration: `configuration of ${id}` };
        }),
      runners: (page) => call(() => paged(this.shown(lag).runners, page)),
      runner: (id) =>
        call(() => {
          const runner = this.runners.get(id);
          return runner && { ...runner };
        }),
      removeRunner: (id) =>
        call(() => {
          if (this.runners.get(id)?.busy) return "busy";
          this.runners.delete(id);
          return "removed";
        }),
      registrationToken: () => call(() => "token"),
      groupName: () => call(() => "Default"),
      repositories: (page) => call(() => paged(["one"], page)),
      runs: (repository, state, page) =>
        call(() => paged(state === "queued" ? [{ repository, id: 1 }] : [], page)),
      queuedJobs: (_, page) => call(() => paged(this.shown(lag).jobs, page)),
    };
  }
}

/** A page of a list. */
export function paged<T>(all: readonly T[], page: string | undefined): Page<T> {
  const first = Number(page ?? 0);
  const next = first + PAGE;
  return { items: all.slice(first, next), next: next < all.length ? String(next) : undefined };
}
