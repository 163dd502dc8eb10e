import { LiveList, type Screen } from "../../../cli/progress/live";

/** What a terminal shows of the few sequences that the list writes; any other fails the test. */
class Terminal implements Screen {
  private lines: string[] = [""];
  private row = 0;
  private column = 0;
  cursor = true;

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {}

  write(text: string): void {
    for (const [part] of text.matchAll(/\p{Cc}\[\??\d*[A-Za-z]|[\s\S]/gu)) this.take(part);
  }

  /** Lines of the screen, and those that have scrolled away. */
  get screen(): readonly string[] {
    return this.lines.slice(-this.rows).map((line) => line.trimEnd());
  }

  get history(): readonly string[] {
    return this.lines.slice(0, -this.rows);
  }

  private take(part: string): void {
    if (part === "\r") this.column = 0;
    else if (part === "\n") this.lineFeed();
    else if (/^\p{Cc}\[\d+A$/u.test(part)) this.up(Number(part.slice(2, -1)));
    else if (part === "\u001b[K") this.lines[this.row] = this.line.slice(0, this.column);
    else if (part === "\u001b[J") {
      this.lines[this.row] = this.line.slice(0, this.column);
      this.lines.splice(this.row + 1);
    } else if (part === "\u001b[?25l" || part === "\u001b[?25h") this.cursor = part.endsWith("h");
    else if (part.startsWith("\u001b")) throw new Error(`the terminal does not know ${JSON.stringify(part)}`);
    else this.print(part);
  }

  private get line(): string {
    return this.lines[this.row] ?? "";
  }

  private print(letter: string): void {
    if (this.column === this.columns) this.lineFeed();
    this.lines[this.row] =
      this.line.slice(0, this.column).padEnd(this.column) + letter + this.line.slice(this.column + 1);
    this.column += 1;
  }

  private lineFeed(): void {
    this.row += 1;
    this.column = 0;
    this.lines[this.row] ??= "";
  }

  private up(count: number): void {
    const top = Math.max(0, this.lines.length - this.rows);
    if (this.row - count < top) throw new Error("the list is higher than the terminal");
    this.row -= count;
  }
}

let terminal: Terminal;
let list: LiveList;
function start(total: number, columns = 60, rows = 10): void {
  terminal = new Terminal(columns, rows);
  list = new LiveList(total, terminal);
}
afterEach(() => {
  list.close();
  expect(terminal.cursor).toBe(true);
});

// A line tells its seconds from the first one on: here a second passes when it is told to.
beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Lets the list draw. */
const drawn = () => jest.advanceTimersByTime(250);

test("what runs stands below what has ended, with the numbers of all", () => {
  start(4);
  list.begin("dev-network", "planning");
  list.begin("dev-app", "initializing");
  list.progress("dev-network", "aws_vpc.main: Refreshing state...");
  list.end("dev-docs", "skipped", "deferred: waits");
  drawn();

  expect(terminal.screen.map((line) => line.replace(/^[⠀-⣿]/u, "*"))).toEqual([
    "… dev-docs: deferred: waits",
    "* dev-network: planning  aws_vpc.main: Refreshing state...",
    "* dev-app: initializing",
    "  1 of 4 done, 1 waiting",
    "",
  ]);
  list.end("dev-network", "good", "1 to create");
  list.end("dev-app", "bad", "no such bucket");
  list.close();
  expect(terminal.screen).toEqual([
    "… dev-docs: deferred: waits",
    "✔ dev-network: 1 to create",
    "✖ dev-app: no such bucket",
    "",
  ]);
});

test("more work than the terminal has rows: the list stays within it, and nothing that was said is lost", () => {
  start(40);
  const names = Array.from({ length: 40 }, (_, at) => `dev-unit${at}${at % 4 === 0 ? "x".repeat(90) : ""}`);
  for (const name of names.slice(0, 12)) list.begin(name, "planning");
  drawn();
  expect(terminal.screen).toHaveLength(8);
  expect(terminal.screen.at(-3)).toBe("  … and 7 more");
  expect(terminal.screen.at(-2)).toBe("  0 of 40 done, 28 waiting");
  for (const line of terminal.screen) expect(line.length).toBeLessThan(60);
  // WHEN a signal comes, and the rest ends
  list.say("stopping");
  drawn();
  expect(terminal.screen.at(-2)).toBe("stopping");
  for (const name of names) list.end(name, "good", "no changes");
  list.close();
  // THEN
  const all = [...terminal.history, ...terminal.screen].join("");
  for (const name of names) expect(all).toContain(`✔ ${name}: no changes`);
  expect(all).toMatch(/no changesstopping$/);
  expect(all).not.toContain("waiting");
});

test("a terminal that does not say how wide it is has 80 columns", () => {
  start(1, 0);
  list.begin("shop-network-prod-us-east-1", "initializing");
  drawn();
  expect(terminal.screen.join()).toContain("shop-network-prod-us-east-1: initializing");
});

test("what takes a second or longer tells it", () => {
  start(1);
  list.begin("dev-network", "planning");
  jest.advanceTimersByTime(2_400);
  expect(terminal.screen.join()).toContain("dev-network: planning (2 s)");
  list.end("dev-network", "good", "no changes");
  list.close();
  expect(terminal.screen.join()).toContain("✔ dev-network: no changes (2 s)");
});

test("nothing in a text moves the cursor", () => {
  start(1);
  list.begin("dev\u001b[2J", "planning\r\n");
  list.progress("dev\u001b[2J", "\u001b[31mred\u0007\u202e");
  drawn();
  list.end("dev\u001b[2J", "bad", "one\ntwo");

  expect(terminal.screen.join()).toContain("✖ dev: one two");
});

test("work without phases is its title alone", () => {
  const terminal = new Terminal(60, 10);
  const list = new LiveList(1, terminal);
  list.begin("Synthesize", "");
  list.progress("Synthesize", "reading");
  list.say("");
  expect(terminal.screen.join("\n")).toMatch(/^. Synthesize {2}reading$/m);
  list.end("Synthesize", "good", "3 stacks");
  list.close();
  expect(terminal.screen[0]).toBe("✔ Synthesize: 3 stacks");
});
