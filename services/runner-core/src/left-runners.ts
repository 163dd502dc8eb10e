import type { Instance, OwnerContext, Runner } from "./ports";
import { attemptOf, standingName } from "./runner-name";

/** A runner without an instance, and what it was made for when that was one job. */
interface Candidate extends Runner {
  readonly jobId?: number;
  readonly attempt?: number;
}

/**
 * Takes runners of the fleet off that are offline and have no instance: it was interrupted, or never made. Each has to
 * be seen so twice; what may still be about to start is left alone.
 */
export async function removeLeftRunners(
  { instances, runners }: { readonly instances: readonly Instance[]; readonly runners: readonly Runner[] },
  { github, ledger, configurations, settings, now, log }: OwnerContext,
): Promise<void> {
  const used = new Set(instances.map(({ runnerId }) => runnerId));
  const alive = new Set(instances.map(({ id }) => id));
  const names = settings.pools.some(({ standing }) => standing)
    ? await ledger.names()
    : new Map<string, string>();
  const candidates = runners.flatMap((runner): readonly Candidate[] => {
    if (runner.online || runner.busy || used.has(runner.id)) return [];
    const made = attemptOf(settings.fleet, runner.name);
    if (made) return [{ ...runner, ...made }];
    // One whose instance stayed: by the name it is known whose it was.
    const own = names.get(runner.name) ?? instanceOf(settings.fleet, runner.name);
    return own === undefined || alive.has(own) ? [] : [runner];
  });
  if (candidates.length === 0) return;
  const entries = await ledger.entries([...new Set(candidates.flatMap(({ jobId }) => jobId ?? []))]);
  const marks = await ledger.marks();
  for (const { id, name, jobId, attempt } of candidates) {
    const entry = jobId === undefined ? undefined : entries.get(jobId);
    if (entry && entry.attempt === attempt && now() - entry.at <= settings.bootSeconds) continue;
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

/** The instance of a runner that has the name of one that stays. */
function instanceOf(fleet: string, name: string): string | undefined {
  const id = name.slice(standingName(fleet, "").length);
  return name === standingName(fleet, id) && /^i-[0-9a-f]+$/.test(id) ? id : undefined;
}
