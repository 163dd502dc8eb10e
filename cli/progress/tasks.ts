import { drawsOn, line, type Stream, say } from "../console/output";
import { withList } from "./board";

/** Shown while a task runs: where it is. */
export type Progress = (line: string) => void;

/** A step that takes time. */
export interface Step<C> {
  readonly title: string;

  /** Does it; what it returns is added to the title when it is done. */
  readonly run: (context: C, progress: Progress) => Promise<string | undefined>;

  /**
   * Whether its progress is worth lines of a log: few, each of something that takes long.
   *
   * @default false
   */
  readonly tells?: boolean;
}

/**
 * Runs steps one after another: a live list on a terminal, elsewhere a line for each beginning and end.
 *
 * @param quiet - keeps standard output free for a JSON document: the lines go to standard error.
 */
export async function runSteps<C extends object>(
  steps: readonly Step<C>[],
  context: C,
  quiet = false,
): Promise<void> {
  if (!drawsOn(process.env, quiet)) return runPlainly(steps, context, quiet ? "stderr" : "stdout");
  await withList(steps.length, async (list) => {
    for (const { title, run } of steps) {
      list.begin(title, "");
      try {
        const result = await run(context, (text) => list.progress(title, text));
        list.end(title, "good", result ?? "done");
      } catch (error) {
        list.end(title, "bad", "failed");
        throw error;
      }
    }
  });
}

/** Lines for a log: the time, what begins, and how it ended. The error itself is the caller's to tell. */
async function runPlainly<C>(steps: readonly Step<C>[], context: C, stream: Stream): Promise<void> {
  const tell = (text: string) => say(line`${new Date().toISOString().slice(11, 19)} ${text}`, stream);
  for (const { title, run, tells } of steps) {
    const started = Date.now();
    const took = () => `(${((Date.now() - started) / 1000).toFixed(0)} s)`;
    tell(title);
    try {
      const result = await run(context, (text) => tells && tell(`  ${text}`));
      tell(`${title}: ${result ?? "done"} ${took()}`);
    } catch (error) {
      tell(`${title}: failed ${took()}`);
      throw error;
    }
  }
}
