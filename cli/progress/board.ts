import { drawsOn, line, type Stream, say } from "../console/output";
import { noticeBy } from "../process/interrupts";
import { type Ending, LiveList } from "./live";

/** One line of a board: work that waits, runs and ends, beside other work. */
export interface BoardLine {
  /** It runs; may be said again for its next phase. */
  begin(phase: string): void;

  /** Where it is; shown on a terminal only. */
  progress(text: string): void;

  end(ending: Ending, result: string): void;
}

/**
 * Shows work that runs in parallel: on a terminal a list of what runs, elsewhere a line for each beginning and end.
 *
 * @param quiet - keeps standard output free for a document: the lines go to standard error.
 */
export async function withBoard<T>(
  titles: readonly string[],
  work: (line: (title: string) => BoardLine) => Promise<T>,
  quiet = false,
): Promise<T> {
  return drawsOn(process.env, quiet) ? liveBoard(titles, work) : work(plainLine(quiet ? "stderr" : "stdout"));
}

function plainLine(stream: Stream): (title: string) => BoardLine {
  return (title) => {
    let started: number | undefined;
    let phase = "";
    const tell = (text: string) =>
      say(line`${new Date().toISOString().slice(11, 19)} ${title}: ${text}`, stream);
    return {
      begin(next) {
        started ??= Date.now();
        if (next !== phase) tell(next);
        phase = next;
      },
      progress: () => undefined,
      end(_, result) {
        const took = started === undefined ? "" : ` (${((Date.now() - started) / 1000).toFixed(0)} s)`;
        tell(`${result}${took}`);
      },
    };
  };
}

async function liveBoard<T>(
  titles: readonly string[],
  work: (line: (title: string) => BoardLine) => Promise<T>,
): Promise<T> {
  return withList(titles.length, (list) =>
    work((title) => ({
      begin: (phase) => list.begin(title, phase),
      progress: (text) => list.progress(title, text),
      end: (ending, result) => list.end(title, ending, result),
    })),
  );
}

/** A live list for as long as some work takes; what is noticed meanwhile stands below it. */
export async function withList<T>(total: number, work: (list: LiveList) => Promise<T>): Promise<T> {
  const list = new LiveList(total);
  const restore = noticeBy((text) => list.say(text));
  try {
    return await work(list);
  } finally {
    restore();
    list.close();
  }
}
