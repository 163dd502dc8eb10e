import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { until } from "../../cli/plan/held-plan";
import type { Hold, MakeHold } from "./holds";

/** A run that was started, and what it has said. */
export interface Started {
  readonly child: ChildProcess;
  said(): string;

  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Where commands are run that a test ends. */
export interface KillPlace {
  /** Starts the real command. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Started;

  hold(make: MakeHold): Promise<Hold>;

  /** What runs have left that have ended: each in words; nothing when all is as it is to be. */
  leftovers(): Promise<readonly string[]>;

  /** Files in which a run that was killed a moment ago has left something of a plan. */
  inClear(): readonly string[];
}

/** Keeps what a process says. */
export function listenTo(child: ChildProcess): Started {
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
  // Not "close": what a killed run has started may have its streams.
  const ended = once(child, "exit").then(([code]) => code as number | null);
  return { child, said: () => said, ended };
}

/** Runs a command to its end. */
export async function runTo(
  place: KillPlace,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { ended, said, child } = place.start(args, env);
  const closed = once(child, "close");
  const code = await ended;
  await closed;
  return { code, output: said() };
}

/** Runs a command that is to succeed. */
export async function succeed(place: KillPlace, args: readonly string[]): Promise<string> {
  const { code, output } = await runTo(place, args);
  if (code !== 0) throw new Error(`groundplan ${args.join(" ")} ended with ${code}:\n${output}`);
  return output;
}

/** Starts a command, and waits until it is held. */
export async function startTo(
  place: KillPlace,
  hold: Hold,
  args: readonly string[],
  before?: (run: Started) => Promise<void>,
): Promise<Started> {
  const run = place.start(args, hold.env);
  await before?.(run);
  await until(() => {
    if (run.child.exitCode !== null) throw new Error(`it ended too early:\n${run.said()}`);
    return hold.isReached();
  });
  return run;
}
