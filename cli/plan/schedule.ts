import { Interrupted } from "../console/errors";
import { interrupted } from "../process/interrupts";

/** Properties of {@link walk}. */
export interface WalkProps<T> {
  /** Names, each after those that it depends on. */
  readonly names: readonly string[];

  /** Those that have to be visited before one. */
  readonly upstream: (name: string) => readonly string[];

  /** Visits that run at the same time, at most. */
  readonly concurrency: number;

  /** @param before - results of everything that has been visited. */
  readonly visit: (name: string, before: ReadonlyMap<string, T>) => Promise<T>;
}

/**
 * Visits every name after its upstream, several at a time.
 *
 * When the run is interrupted no visit begins any more; those that run come to their end.
 *
 * @returns the results of what was visited.
 * @throws what a visit throws, after the others have ended; but an interruption is in the results: they lack names.
 */
export async function walk<T>({
  names,
  upstream,
  concurrency,
  visit,
}: WalkProps<T>): Promise<ReadonlyMap<string, T>> {
  const done = new Map<string, T>();
  const waiting = new Set(names);
  const running = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  const ready = (name: string) => upstream(name).every((one) => !waiting.has(one) && !running.has(one));
  while (waiting.size + running.size > 0) {
    const stopped = interrupted.aborted || failures.length > 0;
    for (const name of stopped ? [] : [...waiting]) {
      if (running.size >= concurrency) break;
      if (!ready(name)) continue;
      waiting.delete(name);
      const work = visit(name, done)
        .then(
          (result) => void done.set(name, result),
          (error: unknown) => void failures.push(error),
        )
        .finally(() => running.delete(name));
      running.set(name, work);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  const failure = failures.find((error) => !(error instanceof Interrupted));
  if (failure !== undefined) throw failure;
  return done;
}
