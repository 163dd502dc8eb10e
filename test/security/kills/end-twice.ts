import { lives, until } from "../../cli/plan/held-plan";
import type { Hold, MakeHold } from "./holds";
import { type KillPlace, type Started, startTo } from "./run";

/** A way in which a command may be ended. */
export interface Kill {
  readonly args: readonly string[];
  readonly phase: string;
  readonly hold: MakeHold;

  /** Makes something to be done again, as what a killed run has left at work may have done it. @default - nothing */
  readonly again?: () => Promise<void>;
}

/**
 * Kills a command at a point; then ends the same command there by a signal, after it has waited for what the first has
 * left at work; then lets it come to its end. After each, what is left is what may be left.
 */
export async function endTwice(
  place: KillPlace,
  kill: Kill,
  signals: readonly NodeJS.Signals[],
): Promise<void> {
  const holds: Hold[] = [];
  const hold = async () => {
    const made = await place.hold(kill.hold);
    holds.push(made);
    return made;
  };
  try {
    const first = await hold();
    const killed = await startTo(place, first, kill.args);
    killed.child.kill("SIGKILL");
    expect(await killed.ended).toBeNull();
    expect(place.inClear()).toEqual([]);
    for (const [index, signal] of signals.entries()) {
      await kill.again?.();
      const next = await hold();
      const held = await startTo(place, next, kill.args, async (run) => {
        if (index === 0) await passOrphan(first, run, next);
      });
      held.child.kill(signal);
      // The signal is heard before what is held goes on.
      if (next.hears) await until(() => /stopping/.test(held.said()));
      next.release();
      expect({ signal, code: await held.ended, said: held.said() }).toMatchObject({ signal, code: 130 });
      expect(await place.leftovers()).toEqual([]);
    }
    const last = place.start(kill.args);
    if (signals.length === 0) await passOrphan(first, last, first);
    expect({ code: await last.ended, said: last.said() }).toMatchObject({ code: 0 });
    expect(await place.leftovers()).toEqual([]);
  } finally {
    for (const one of holds) one.close();
  }
}

/** Lets what a killed run has left come to its end: a Terraform in a stack is waited for by the next run, which says so. */
async function passOrphan(orphan: Hold, run: Started, next: Hold): Promise<void> {
  const pids = orphan.waiting();
  if (pids.length > 0 && "TERRAFORM_BINARY_NAME" in orphan.env)
    await until(
      () =>
        run.said().includes("killed run has left at work") || next.isReached() || run.child.exitCode !== null,
    );
  orphan.release();
  await until(() => !pids.some(lives));
}
