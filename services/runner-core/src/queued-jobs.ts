import { allPages } from "./pages";
import { type Context, type QueuedJob, RUN_STATES } from "./ports";

/** GitHub's own queue: every job that waits for a runner, whoever's it is. A job is listed once. */
export async function queuedJobs({ github, settings }: Context): Promise<readonly QueuedJob[]> {
  const jobs = new Map<number, QueuedJob>();
  const repositories =
    settings.repositories.length > 0
      ? settings.repositories
      : await allPages((page) => github.repositories(page));
  for (const repository of repositories) {
    for (const state of RUN_STATES) {
      for (const run of await allPages((page) => github.runs(repository, state, page))) {
        for (const job of await allPages((page) => github.queuedJobs(run, page))) jobs.set(job.id, job);
      }
    }
  }
  return [...jobs.values()];
}
