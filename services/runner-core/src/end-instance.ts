import { mayEnd } from "./guard";
import { isOwner, ownerOfRunner } from "./owners";
import type { Context } from "./ports";

/** What has become of an instance. */
export type Ended = "ended" | "gone" | "kept" | "busy";

/**
 * Ends an instance that seems to have nothing to do: the one place that does it.
 *
 * What seemed so may be a minute old. So its runner is taken off first, which GitHub refuses while it has a job; after
 * that it can get none, for an instance knows one configuration only. GitHub is asked again whether it is gone, and
 * only then the instance ends.
 *
 * @param terminate - how it ends. @default - EC2 ends it, and a group replaces it
 */
export async function endInstance(
  id: string,
  {
    fleet,
    githubOf,
    configurations,
    settings,
  }: Pick<Context, "fleet" | "githubOf" | "configurations" | "settings">,
  terminate: (id: string) => Promise<void> = fleet.terminate,
): Promise<Ended> {
  const instance = await fleet.instance(id);
  if (!instance) return "gone";
  if (!mayEnd(instance)) return "kept";
  const { runnerId } = instance;
  if (runnerId !== undefined) {
    const owner = ownerOfRunner(runnerId);
    // First what only this runner's id leads to: after it is gone, nobody would find it.
    await configurations.remove(runnerId);
    // With an owner that is not named any more, nobody can ask.
    if (isOwner(owner, settings)) {
      const github = githubOf(owner);
      if ((await github.removeRunner(runnerId)) === "busy") return "busy";
      if (await github.runner(runnerId)) return "busy";
    }
  }
  await terminate(id);
  return "ended";
}
