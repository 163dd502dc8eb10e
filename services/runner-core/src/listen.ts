import { setTimeout as sleep } from "node:timers/promises";
import { Listener, type Look } from "./listener";
import { contextOf, ownersOf } from "./owners";
import type { Context } from "./ports";
import { serves } from "./settings";

/** Pauses in milliseconds: while another listener has the session, and after a failure, twice as long each time. */
export interface Pauses {
  readonly taken: number;
  readonly failure: number;
  readonly mostFailure: number;
}

export const PAUSES: Pauses = { taken: 15_000, failure: 1000, mostFailure: 60_000 };

/** Makes a listener for each pool of each owner whose instances are for one job each. @param name - of this process */
export function listenersOf(context: Context, name: string): readonly Listener[] {
  const { settings, scaleSetsOf } = context;
  if (!scaleSetsOf) throw new Error("RUNNER_SETTINGS has no scaleSets: nothing is to be listened to");
  return ownersOf(settings).flatMap(({ key }) =>
    settings.pools
      .filter((pool) => serves(pool, key) && !pool.standing)
      .map((pool) => new Listener(pool, scaleSetsOf(key), contextOf(context, key), name)),
  );
}

/**
 * Listens until it is to end. What fails is said, counted and tried again: one pool, or one owner, does not keep the others
 * from it.
 */
export async function listen(
  listeners: readonly Pick<Listener, "look" | "close">[],
  { count, log }: Pick<Context, "count" | "log">,
  signal: AbortSignal,
  pauses: Pauses = PAUSES,
): Promise<void> {
  const pause = (time: number) => sleep(time, undefined, { signal }).catch(() => undefined);
  const failed = (error: unknown) => {
    count("ListenerFailures", 1);
    log({ level: "ERROR", message: (error as Error).message });
  };
  const one = async (listener: Pick<Listener, "look" | "close">): Promise<void> => {
    let wait = pauses.failure;
    let before: Look | undefined;
    while (!signal.aborted) {
      try {
        const look = await listener.look(signal);
        if (look === "taken" && before !== look)
          log({ message: "another listener has the session: waiting" });
        before = look;
        wait = pauses.failure;
        if (look === "taken") await pause(pauses.taken);
      } catch (error) {
        if (signal.aborted) break;
        failed(error);
        await pause(wait);
        wait = Math.min(wait * 2, pauses.mostFailure);
      }
    }
    await listener.close().catch(failed);
  };
  await Promise.all(listeners.map(one));
}
