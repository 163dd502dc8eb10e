import { spawnSync } from "node:child_process";
import { createInterface } from "node:readline/promises";
import { CliError, Interrupted } from "./errors";
import { EXIT } from "./exit-codes";
import { Line, line, linesOf } from "./line";
import { jsonText, visibleJson, withoutCommands } from "./visible";

export { joined, Line, line, linesOf, type Part, padded, paint, widthOf } from "./line";

/** Where a line goes: to what was asked for, or to what is said beside it. */
export type Stream = "stdout" | "stderr";

/** One line for people. */
export function say(words: Line = line``, stream: Stream = "stdout"): void {
  sayLines([words], stream);
}

/** Several lines at once. */
export function sayLines(lines: readonly Line[], stream: Stream = "stdout"): void {
  write(stream, lines.map((words) => `${withoutCommands(words.toString())}\n`).join(""));
}

/**
 * Lines that may be more than a terminal has: then a pager shows them, that of `PAGER`, or `less`. Elsewhere, and where
 * there is none, they are printed.
 */
export function sayPaged(lines: readonly Line[], { PAGER, LESS, ...env }: NodeJS.ProcessEnv): void {
  const pager = PAGER === undefined ? "less" : PAGER.trim();
  const { rows = Number.POSITIVE_INFINITY } = process.stdout;
  if (isTerminal() && lines.length >= rows && pager !== "" && pager !== "cat") {
    const input = lines.map((words) => `${words}\n`).join("");
    // It leaves at once where all fits, keeps colours, and leaves what was seen on the terminal.
    const variables = { ...env, LESS: LESS ?? "FRX" };
    const { status } = spawnSync("sh", ["-c", pager], {
      input,
      stdio: ["pipe", "inherit", "ignore"],
      env: variables,
    });
    if (status === 0) return;
  }
  sayLines(lines);
}

/**
 * Runs a program that has the terminal for itself, e.g. a session on another machine.
 *
 * @returns its exit code.
 * @throws CliError when it is not there.
 */
export function runOnTerminal(program: string, args: readonly string[]): number {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (error)
    throw new CliError(
      EXIT.MISSING,
      `${program} cannot be run`,
      error.message,
      "install it, so that it is on PATH",
    );
  return status ?? 1;
}

/** Columns of the terminal; undefined where standard output is none. */
export function terminalColumns(): number | undefined {
  return isTerminal() ? Math.max(40, process.stdout.columns || 80) : undefined;
}

/** One line for people that is no part of the result. */
export function sayAside(words: Line): void {
  say(words, "stderr");
}

/** A problem: what it is of, its message, and below it what the message says more, e.g. what to do. */
export function sayProblem(head: Line, message: string): void {
  const [first = "", ...rest] = linesOf(message);
  sayAside(line`${head}${first}`);
  // What follows is indented, also where a name or an answer of AWS has lines of its own.
  for (const one of rest) sayAside(/^ {2}|^$/.test(one.toString()) ? one : line`  ${one}`);
}

/** Every line of a text. */
export function sayText(text: string, stream: Stream = "stdout"): void {
  sayLines(linesOf(text), stream);
}

/** What every JSON document begins with; its schema is in `formats/`. */
export interface Document {
  readonly format: `groundplan.${string}`;
  readonly version: number;
}

/** One JSON document for machines. */
export function sayJson<D extends Document>(document: D): void {
  write("stdout", `${jsonText(document, 2)}\n`);
}

/** A value of another program's format, as JSON in one line. */
export function sayJsonLine(value: unknown): void {
  write("stdout", `${jsonText(value, 0)}\n`);
}

/** A JSON document as it is stored; what no terminal takes as text is written as `\u….`, which is the same value. */
export function sayStoredJson(text: string): void {
  write("stdout", visibleJson(text));
}

/** A file for a program, byte by byte. */
export function sayBytes(bytes: Buffer): void {
  write("stdout", bytes);
}

/** What asks on standard error: an answer, and the end of it. */
export interface Questions {
  /** @param hint - what may be answered. @default "[y/N]" */
  ask(question: Line | readonly Line[], signal: AbortSignal, hint?: string): Promise<string>;
  close(): void;
}

/** Asks for answers that come from a stream: at its end the answer is empty. @throws Interrupted at Ctrl-C. */
export function openQuestions(input: NodeJS.ReadableStream): Questions {
  const terminal = createInterface({ input, output: process.stderr });
  const ended = new Promise<string>((resolve, reject) => {
    terminal.once("close", () => resolve(""));
    // A terminal in raw mode sends Ctrl-C as a key, and no signal.
    terminal.once("SIGINT", () => reject(new Interrupted()));
  });
  return {
    ask: async (question, signal, hint = "[y/N] ") => {
      const lines = question instanceof Line ? [question] : question;
      const text = withoutCommands(lines.map(String).join("\n"));
      try {
        return await Promise.race([terminal.question(`${text} ${hint}`, { signal }), ended]);
      } catch (error) {
        throw (error as Error).name === "AbortError" ? new Interrupted() : error;
      }
    },
    close: () => terminal.close(),
  };
}

function write(stream: Stream, content: string | Buffer): void {
  process[stream].write(content);
}

/**
 * Goes on when nobody reads any more, e.g. after `| head`, or when a terminal is closed: what is under way has a state to
 * save and a lock to release, and what is said meanwhile is lost.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!["EPIPE", "EIO", "ERR_STREAM_DESTROYED"].includes(error.code ?? "")) throw error;
    });
  }
}

/** Waits until all that was said is read: what a pipe has no room for would be lost at the process's end. */
export async function flushed(): Promise<void> {
  const streams = [process.stdout, process.stderr];
  await Promise.all(streams.map((stream) => new Promise((resolve) => stream.write("", resolve))));
}

/** Whether people read standard output, and no file and no job's log. */
export function isTerminal(): boolean {
  return Boolean(process.stdout.isTTY);
}

/** Whether a list may be drawn anew on standard output: on a terminal that can do that, and in no log. */
export function drawsOn({ CI, TERM }: NodeJS.ProcessEnv, quiet: boolean): boolean {
  return isTerminal() && !CI && TERM !== "dumb" && !quiet;
}
