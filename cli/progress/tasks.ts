import { Listr, type ListrTask, PRESET_TIMER } from "listr2";
import { drawsOn, line, type Stream, say } from "../console/output";
import { inOneLine } from "../console/visible";

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
  const tasks = steps.map(
    ({ title, run }): ListrTask<C> => ({
      title: inOneLine(title),
      task: async (ctx, task) => {
        const result = await run(ctx, (text) => {
          task.output = inOneLine(text);
        });
        if (result !== undefined) task.title = inOneLine(`${title}: ${result}`);
      },
    }),
  );
  const list = new Listr(tasks, {
    renderer: "default",
    rendererOptions: { timer: TIMER, collapseErrors: false, showErrorMessage: false },
    registerSignalListeners: false,
  });
  await list.run(context);
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

/** Seconds behind a title, from one second on. */
const TIMER = { ...PRESET_TIMER, condition: (ms: number) => ms > 1000 };
