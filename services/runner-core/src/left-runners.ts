import type { Context, Instance, Runner } from "./ports";
import { attemptOf } from "./runner-name";

/**
 * Takes runners of the fleet off that are offline and have no instance: it was interrupted, or never made. Each has to
 * be seen so twice; what may still be about to start is left alone.
 */
export async function removeLeftRunners(
  { instances, runners }: { readonly instances: readonly Instance[]; readonly runners: readonly Runner[] },
  { github, ledger, configurations, settings, now, log }: Context,
): Promise<void> {
  const used = new Set(instances.map(({ runnerId }) => runnerId));
  const candidates = runners.flatMap((runner) => {
    const made = attemptOf(settings.fleet, runner.name);
    return made && !runner.online && !runner.busy && !used.has(runner.id) ? [{ ...made, ...runner }] : [];
  });
  if (candidates.length === 0) return;
  const entries = await ledger.entries([...new Set(candidates.map(({ jobId }) => jobId))]);
  const marks = await ledger.marks();
  for (const { id, name, jobId, attempt } of candidates) {
    const entry = entries.get(jobId);
    if (entry?.attempt === attempt && now() - entry.at <= settings.bootSeconds) continue;
    const key = `runner/${id}`;
    const mark = marks.get(key);
    if (!mark) {
      await ledger.mark(key, { reason: "no instance", since: now() });
      continue;
    }
    if (now() - mark.since < settings.orphanSeconds) continue;
    // First what only the runner's id leads to.
    await configurations.remove(id);
    const outcome = await github.removeRunner(id);
    log({ message: `runner ${name} has no instance: ${outcome}`, runnerId: id, outcome });
    if (outcome === "removed") await ledger.unmark(key);
  }
}
