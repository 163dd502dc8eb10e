import { Listr, type ListrTask, type ListrTaskWrapper, PRESET_TIMER } from "listr2";

/** How a line of a board ends. */
export type Ending = "good" | "skipped" | "bad";

/** One line of a board: work that waits, runs and ends, beside other work. */
export interface BoardLine {
  /** It runs; may be said again for its next phase. */
  begin(phase: string): void;

  /** Where it is; shown on a terminal only. */
  progress(text: string): void;

  end(ending: Ending, result: string): void;
}

/**
 * Shows work that runs in parallel: on a terminal a live list, elsewhere a line for each beginning and end.
 *
 * @param quiet - keeps standard output free for a document: the lines go to standard error.
 */
export async function withBoard<T>(
  titles: readonly string[],
  work: (line: (title: string) => BoardLine) => Promise<T>,
  quiet = false,
): Promise<T> {
  const live = Boolean(process.stdout.isTTY) && !process.env.CI && !quiet;
  return live ? liveBoard(titles, work) : work(plainLine(quiet ? process.stderr : process.stdout));
}

function plainLine(stream: NodeJS.WriteStream): (title: string) => BoardLine {
  return (title) => {
    let started: number | undefined;
    let phase = "";
    const line = (text: string) =>
      stream.write(`${new Date().toISOString().slice(11, 19)} ${title}: ${text}\n`);
    return {
      begin(next) {
        started ??= Date.now();
        if (next !== phase) line(next);
        phase = next;
      },
      progress: () => undefined,
      end(_, result) {
        const took = started === undefined ? "" : ` (${((Date.now() - started) / 1000).toFixed(0)} s)`;
        line(`${result}${took}`);
      },
    };
  };
}

type Task = Pick<ListrTaskWrapper<unknown, never, never>, "title" | "output" | "skip">;

/** A line of the live list: it may be told before the list has begun to show it. */
class LiveLine implements BoardLine {
  private task: Task | undefined;
  private text = "waiting";
  private finish: (ending: { ending: Ending; result: string }) => void = () => undefined;
  private readonly ended = new Promise<{ ending: Ending; result: string }>((resolve) => {
    this.finish = resolve;
  });

  constructor(private readonly title: string) {}

  begin(phase: string): void {
    this.text = phase;
    this.show();
  }

  progress(text: string): void {
    if (this.task) this.task.output = text;
  }

  end(ending: Ending, result: string): void {
    this.text = result;
    this.finish({ ending, result });
  }

  /** The list's task: it lasts until the work has ended. */
  async run(task: Task): Promise<void> {
    this.task = task;
    this.show();
    const { ending, result } = await this.ended;
    this.show();
    if (ending === "skipped") task.skip(`${this.title}: ${result}`);
    if (ending === "bad") throw new Error(result);
  }

  private show(): void {
    if (this.task) this.task.title = `${this.title}: ${this.text}`;
  }
}

async function liveBoard<T>(
  titles: readonly string[],
  work: (line: (title: string) => BoardLine) => Promise<T>,
): Promise<T> {
  const lines = new Map(titles.map((title) => [title, new LiveLine(title)]));
  const tasks = [...lines].map(
    ([title, line]): ListrTask => ({ title, task: (_, task) => line.run(task as unknown as Task) }),
  );
  const list = new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    renderer: "default",
    rendererOptions: {
      timer: { ...PRESET_TIMER, condition: (ms: number) => ms > 1000 },
      collapseErrors: false,
      collapseSkips: false,
      showErrorMessage: false,
    },
    registerSignalListeners: false,
  });
  const shown = list.run().catch(() => undefined);
  try {
    return await work((title) => lines.get(title) ?? new LiveLine(title));
  } finally {
    // Those that have not begun; the others have ended, and a second end is not heard.
    for (const line of lines.values()) line.end("skipped", "not begun");
    await shown;
  }
}
