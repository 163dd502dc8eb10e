import { type Line, line, paint } from "../console/line";
import { inOneLine } from "../console/visible";

/** Work that runs: a line of the list. */
interface Running {
  phase: string;
  progress: string;
  readonly since: number;
}

/** How a line of a board ends. */
export type Ending = "good" | "skipped" | "bad";

/** A terminal, as far as the list needs it. */
export interface Screen {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

const SPINNER = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];

const SIGN: Readonly<Record<Ending, Line>> = {
  good: paint.good("✔"),
  skipped: paint.faint("…"),
  bad: paint.bad("✖"),
};

/** Milliseconds between two drawings. */
const PACE = 100;

/**
 * What runs, at the bottom of a terminal; what has ended stands above it and scrolls away like any output. So the
 * list is never higher than the terminal, however much work there is, and nothing that was said is lost.
 */
export class LiveList {
  private readonly running = new Map<string, Running>();
  private done = 0;
  private height = 0;
  private drawn = 0;
  private note = "";
  private readonly timer: NodeJS.Timeout;

  /** @param total - pieces of work, those that wait included. */
  constructor(
    private readonly total: number,
    private readonly screen: Screen = process.stdout,
  ) {
    // A run that is ended hard leaves the cursor as it was.
    process.once("exit", SHOW);
    screen.write(HIDDEN);
    this.timer = setInterval(() => this.draw(), PACE);
  }

  begin(title: string, phase: string): void {
    const known = this.running.get(title);
    this.running.set(title, { phase, progress: "", since: known?.since ?? Date.now() });
  }

  progress(title: string, text: string): void {
    const known = this.running.get(title);
    if (known) known.progress = text;
  }

  end(title: string, ending: Ending, result: string): void {
    const known = this.running.get(title);
    this.running.delete(title);
    this.done += 1;
    const took = known ? seconds(known.since) : "";
    this.draw([line`${SIGN[ending]} ${clean(title)}: ${clean(result)}${paint.faint(took)}`]);
  }

  /** Says something below the list until its end. */
  say(note: string): void {
    this.note = note;
    this.draw();
  }

  /** Leaves what has ended, and nothing else. */
  close(): void {
    clearInterval(this.timer);
    this.screen.write(
      `${this.back()}${CLEAR_BELOW}${this.note ? `${paint.warning(this.note)}\n` : ""}${VISIBLE}`,
    );
    this.height = 0;
    process.removeListener("exit", SHOW);
  }

  /** @param above - whole lines that stay. */
  private draw(above: readonly Line[] = []): void {
    const lines = this.lines();
    // Written over and not cleared first: that flickers, and some terminals keep what was cleared in their history.
    const text = [...above, ...lines].map((one) => `${one}\n`).join("");
    this.screen.write(`${this.back()}${text.replaceAll("\n", `${CLEAR_LINE}\n`)}${CLEAR_BELOW}`);
    this.height = lines.length;
    this.drawn += 1;
  }

  /** To the list's first line; what somebody has typed meanwhile is written over too. */
  private back(): string {
    return `${this.height > 0 ? `\u001b[${this.height}A` : ""}\r`;
  }

  private lines(): readonly Line[] {
    // One line is for the cursor, one for the numbers, one for a note; and one for what stands above.
    const most = Math.max(1, (this.screen.rows || 24) - 4);
    const columns = Math.max(20, this.screen.columns || 80) - 1;
    const all = [...this.running];
    const shown = all.length > most ? all.slice(0, most - 1) : all;
    const more = all.length - shown.length;
    const waiting = this.total - this.done - all.length;
    const numbers = `${this.done} of ${this.total} done${waiting > 0 ? `, ${waiting} waiting` : ""}`;
    return [
      ...shown.map(([title, work]) => this.line(title, work, columns)),
      ...(more > 0 ? [paint.faint(`  … and ${more} more`)] : []),
      ...(this.total > 1 ? [paint.faint(cut(`  ${numbers}`, columns))] : []),
      ...(this.note ? [paint.warning(cut(clean(this.note), columns))] : []),
    ];
  }

  private line(title: string, { phase, progress, since }: Running, columns: number): Line {
    const spinner = paint.warning(SPINNER[this.drawn % SPINNER.length] ?? "");
    const what = phase === "" ? clean(title) : `${clean(title)}: ${clean(phase)}`;
    const text = cut(`${what}${seconds(since)}`, columns - 2);
    const rest = cut(clean(progress), columns - 4 - text.length);
    return line`${spinner} ${text}${rest ? paint.faint(`  ${rest}`) : ""}`;
  }
}

const HIDDEN = "\u001b[?25l";
const VISIBLE = "\u001b[?25h";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
const SHOW = () => void process.stdout.write(VISIBLE);

/** Seconds behind a text, from one second on. */
function seconds(since: number): string {
  const took = Math.floor((Date.now() - since) / 1000);
  return took < 1 ? "" : ` (${took} s)`;
}

/** One line without anything that a terminal would act upon. */
function clean(text: string): string {
  return inOneLine(text).trim();
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return most < 2 ? "" : `${text.slice(0, most - 1)}…`;
}
