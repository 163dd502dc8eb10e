import { createHash, randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "@groundplan/local/process-file";
import { Interrupted } from "../console/errors";
import { line, sayAside } from "../console/output";
import { endIfInterrupted, interrupted } from "../process/interrupts";
import { thisOwner } from "../process/owner";
import type { Progress } from "../progress/tasks";
import {
  askToStop,
  type Beginning,
  begin,
  beginNew,
  type End,
  end,
  HeldError,
  ignoresStop,
  LostError,
  RENEWAL,
  renew,
  STUCK,
  withinLease,
} from "./life-cycle";
import type { Metadata, Run, Status, Work } from "./metadata";
import type { PreviewStore } from "./store";

/** Time between two looks at a run that is waited for, in milliseconds. */
const LOOK = 2_000;

/** Who runs this: of a workflow the user of GitHub, else the user of this machine. */
export function whoRuns(env: NodeJS.ProcessEnv): string {
  return (env.GITHUB_ACTOR || userInfo().username).slice(0, 200);
}

/** A run of this process. */
export function ownRun(work: Work, env: NodeJS.ProcessEnv): Run {
  const now = new Date().toISOString();
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  const url =
    server && repository && /^\d+$/.test(id ?? "") ? `${server}/${repository}/actions/runs/${id}` : undefined;
  const { pid, began } = thisOwner();
  return {
    id: randomUUID(),
    work,
    startedAt: now,
    renewedAt: now,
    ...(url === undefined ? {} : { url }),
    process: { machine: thisMachine(), pid, began },
  };
}

/** A machine, without its name. */
export function machineOf(host: string): string {
  return createHash("sha256").update(host).digest("hex").slice(0, 16);
}

/** This machine, without its name. */
export function thisMachine(): string {
  return machineOf(hostname());
}

/** Whether a run goes on: of this machine its process, of others its last word. */
export function isAlive(run: Run): boolean {
  const now = Date.now();
  if (!withinLease(run, now) || ignoresStop(run, now)) return false;
  return run.process?.machine !== thisMachine() || isRunning(run.process);
}

/** What a run holds a preview for. */
export interface HoldProps {
  readonly store: PreviewStore;
  readonly name: string;
  readonly work: Work;
  readonly env: NodeJS.ProcessEnv;
  readonly reason?: string;

  /**
   * Judges it as it is when it is taken: what a decision was made on may have changed since. What it throws ends the
   * attempt, and nothing is written.
   */
  readonly allow?: (metadata: Metadata) => void;

  /** What is changed of it at the beginning. */
  readonly update?: (metadata: Metadata) => Metadata;

  /** What is stored of a preview that is new. @default - it has to be there */
  readonly make?: () => Omit<Metadata, "history" | "status" | "run">;

  /** Whether a run that goes on is asked to stop, and waited for. @default - it is an error */
  readonly stopOthers?: boolean;
  readonly progress?: Progress;
}

/** A preview that this run holds: no other acts on it. It says every ten seconds that it goes on. */
export class Hold {
  private over = new AbortController();
  private lost: LostError | undefined;

  private constructor(
    private readonly props: HoldProps,
    private readonly run: Run,

    /** As it was at the beginning. */
    readonly metadata: Metadata,

    /** The dead run from which it was taken over; undefined when nobody held it. */
    readonly takenFrom: Run | undefined,
  ) {
    void this.renewing();
  }

  /**
   * Does something with a preview that no other run acts on meanwhile.
   *
   * @param act - gives what it ended with. What it throws ends the hold with `failed`.
   * @throws HeldError while another run goes on.
   */
  static async during(
    props: HoldProps,
    act: (hold: Hold) => Promise<Omit<End, "run" | "by" | "now">>,
  ): Promise<Metadata> {
    const run = ownRun(props.work, props.env);
    let takenFrom: Run | undefined;
    const beginning = (): Beginning => ({
      run,
      by: whoRuns(props.env),
      now: new Date().toISOString(),
      ...(props.reason === undefined ? {} : { reason: props.reason }),
    });
    const take = () =>
      props.store.change(props.name, (metadata) => {
        if (props.make && (metadata === undefined || metadata.status === "gone"))
          return beginNew(props.make(), beginning());
        if (metadata === undefined) throw new LostError(props.name, "its metadata is gone");
        props.allow?.(metadata);
        const begun = begin(metadata, beginning(), isAlive);
        takenFrom = metadata.run;
        return props.update ? props.update(begun) : begun;
      });
    const metadata = await taken(take, props);
    const hold = new Hold(props, run, metadata, takenFrom);
    try {
      const ended = await act(hold);
      hold.check();
      return await hold.end(ended);
    } catch (error) {
      if (!hold.lost) await hold.end(failureOf(error, props.work)).catch((late: unknown) => hold.note(late));
      throw hold.lost ?? error;
    } finally {
      hold.over.abort();
    }
  }

  /** @throws LostError when another run has taken over; Interrupted when this one is to stop. */
  check(): void {
    if (this.lost) throw this.lost;
    endIfInterrupted();
  }

  /** Notes something for a run that goes on with this one's work. */
  async remember(change: (metadata: Metadata) => Metadata): Promise<void> {
    const { store, name } = this.props;
    await store.change(name, (metadata) => change(renew(metadata, this.run.id, new Date().toISOString())));
  }

  private end(ended: Omit<End, "run" | "by" | "now">): Promise<Metadata> {
    const { store, name, env } = this.props;
    this.over.abort();
    return store.change(name, (metadata) =>
      end(metadata, { ...ended, run: this.run.id, by: whoRuns(env), now: new Date().toISOString() }),
    );
  }

  private async renewing(): Promise<void> {
    const { store, name } = this.props;
    for (;;) {
      await sleep(RENEWAL, undefined, { signal: this.over.signal, ref: false }).catch(() => undefined);
      if (this.over.signal.aborted) return;
      try {
        const { run } = await store.change(name, (metadata) =>
          renew(metadata, this.run.id, new Date().toISOString()),
        );
        if (run?.stop && !interrupted.aborted) this.stop(`${run.stop.by} asks this run to stop`);
      } catch (error) {
        if (this.over.signal.aborted) return;
        if (error instanceof LostError) {
          this.lost = error;
          this.stop(error.message);
          return;
        }
        // AWS may not answer for a while: the lease is longer than that.
        this.note(error);
      }
    }
  }

  /** As at Ctrl-C: Terraform saves what it has, and lets the state go. */
  private stop(why: string): void {
    sayAside(line`${why}`);
    process.kill(process.pid, "SIGINT");
  }

  private note(error: unknown): void {
    sayAside(
      line`the metadata of ${this.props.name} was not written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What a failure ends a work with. What failed to sleep or to wake says so first: it may wake again. */
function failureOf(error: unknown, work: Work): Omit<End, "run" | "by" | "now"> {
  const reason =
    error instanceof Interrupted ? "interrupted" : error instanceof Error ? error.message : String(error);
  return { to: "failed" satisfies Status, reason: `${work}: ${withoutLogs(reason)}` };
}

/**
 * Without the lines that a task wrote, which `runTask` shows with a bar before each: what is stored stands in a comment and
 * on a page, and a migration that fails may print the address of its database with the password.
 */
function withoutLogs(reason: string): string {
  return reason
    .split("\n")
    .filter((line) => !line.startsWith("  | "))
    .join("\n");
}

/** Waits for the run that holds a preview, having asked it to stop. */
async function taken(
  take: () => Promise<Metadata>,
  { store, name, env, stopOthers, progress }: HoldProps,
): Promise<Metadata> {
  for (;;) {
    try {
      return await take();
    } catch (error) {
      if (!(error instanceof HeldError) || !stopOthers) throw error;
      const { run } = error;
      progress?.(`waiting for the run that holds it (${run.work}, since ${run.startedAt})`);
      const hangs = Date.now() - Date.parse(run.startedAt) >= STUCK;
      if (!run.stop && (run.work !== "destroy" || hangs)) {
        await store.change(name, (metadata) => {
          if (!metadata) throw new LostError(name, "its metadata is gone");
          return askToStop(metadata, whoRuns(env), new Date().toISOString());
        });
      }
      await sleep(LOOK, undefined, { signal: interrupted }).catch(() => undefined);
      endIfInterrupted("nothing was changed");
    }
  }
}
