import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { pluralize } from "../console/words";

/** What is counted of a pool. */
interface Counted {
  readonly starting: number;
  readonly busy: number;
  readonly waiting: number;
}

/** Jobs that run, are about to, or wait for a runner. */
export function unfinished(pools: readonly Counted[]): number {
  return pools.reduce((sum, { starting, busy, waiting }) => sum + starting + busy + waiting, 0);
}

/**
 * Waits until no job runs or waits: what is destroyed then takes none with it.
 *
 * @param look - counts anew. @param pause - comes between two looks, and says how many jobs there are.
 * @param isOver - whether it is too late to look again.
 * @returns the last look. @throws CliError when there still are jobs.
 */
export async function untilIdle<T extends Counted>(
  look: () => Promise<readonly T[]>,
  pause: (jobs: number) => Promise<void>,
  isOver: () => boolean,
): Promise<readonly T[]> {
  for (;;) {
    const pools = await look();
    const jobs = unfinished(pools);
    if (jobs === 0) return pools;
    if (isOver())
      throw new CliError(
        EXIT.HELD,
        `${pluralize(jobs, "job is", "jobs are")} not finished`,
        "see which: npx groundplan runner list; wait longer, or stop what queues them",
      );
    await pause(jobs);
  }
}
