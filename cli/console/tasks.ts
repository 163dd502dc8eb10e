import { Listr, type ListrTask, PRESET_TIMER } from "listr2";

/** Shown while a task runs: where it is. */
export type Progress = (line: string) => void;

/** A step that takes time. */
export interface Step<C> {
  readonly title: string;

  /** Does it; what it returns is added to the title when it is done. */
  readonly run: (context: C, progress: Progress) => Promise<string | undefined>;
}

/**
 * Runs steps one after another: a live list on a terminal, a line for each beginning and end elsewhere,
 * and nothing with `--json`.
 */
export async function runSteps<C extends object>(steps: readonly Step<C>[], context: C, quiet = false): Promise<void> {
  const live = Boolean(process.stdout.isTTY) && !process.env.CI;
  const tasks = steps.map(
    ({ title, run }): ListrTask<C> => ({
      title,
      task: async (ctx, task) => {
        // Without a live list, only beginnings and ends are lines: a log of every second helps nobody.
        const progress: Progress = live ? (line) => void (task.output = line) : () => undefined;
        const result = await run(ctx, progress);
        if (result !== undefined) task.title = `${title}: ${result}`;
      },
    }),
  );
  const list = quiet
    ? new Listr(tasks, { renderer: "silent", registerSignalListeners: false })
    : live
      ? new Listr(tasks, {
          renderer: "default",
          rendererOptions: { timer: TIMER, collapseErrors: false, showErrorMessage: false },
          registerSignalListeners: false,
        })
      : new Listr(tasks, {
          renderer: "simple",
          rendererOptions: { timer: TIMER },
          registerSignalListeners: false,
        });
  await list.run(context);
}

/** Seconds behind a title, from one second on. */
const TIMER = { ...PRESET_TIMER, condition: (ms: number) => ms > 1000 };
