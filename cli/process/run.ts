import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Options } from "execa";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { visible } from "../console/visible";
import { hear, interrupted, type Stop } from "./interrupts";
import { PARENT, withPidFile } from "./note";
import type { PrivateFile } from "./private-file";

/** How a program ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;

  /** Output and error output together, as they came. */
  readonly all: string;
}

/** Where a line of what a program prints is shown while it runs. */
export interface Live {
  readonly progress: (line: string) => void;

  /** Takes secrets out of what was printed until now, before a line of it is told: one may go over several lines. */
  readonly mask: (text: string) => string;
}

/** Properties of {@link run}. */
export interface RunProps {
  readonly cwd: string;

  /** Variables beside this process's; one that is undefined is taken away. */
  readonly env?: Readonly<Record<string, string | undefined>>;

  /** Where its newest line is shown while it runs. @default - nowhere */
  readonly live?: Live;

  /**
   * What it reads.
   *
   * @default - nothing
   */
  readonly input?: string;

  /**
   * Whether the output keeps the end of its last line: it is the content of a file.
   *
   * @default false
   */
  readonly keepsLastLineEnd?: boolean;

  /**
   * How it is stopped at Ctrl-C.
   *
   * @default - with an interrupt
   */
  readonly stop?: Stop;

  /** Seconds after which it is ended, with what it has started. @default - it runs to its end */
  readonly seconds?: number;
}

/**
 * Runs a program to its end. It is told of Ctrl-C once, so that it can save what it has.
 *
 * @throws Interrupted when the user stopped it; a failure is in the exit code.
 */
export async function run(command: string, args: readonly string[], props: RunProps): Promise<Ended> {
  // Loaded when it is needed: a third of the start of a command that runs no program.
  const { execa } = await import("execa");
  if (interrupted.aborted) throw new Interrupted();
  const options = {
    cwd: props.cwd,
    env: environmentOf(props),
    extendEnv: false,
    all: true,
    reject: false,
    ...(props.input === undefined ? { stdin: "ignore" } : { input: props.input }),
    detached: true,
    cleanup: false,
    stripFinalNewline: !props.keepsLastLineEnd,
    maxBuffer: 200_000_000,
  } as const satisfies Options;
  const child = execa(command, [...args], options);
  hear(child, props.stop);
  if (props.live) {
    const { progress, mask } = props.live;
    let printed = "";
    child.all.on("data", (chunk: Buffer) => {
      printed = (printed + plain(chunk.toString())).slice(-2 * ENDING);
      const lines = mask(endingOf(printed)).split("\n");
      const line = lines.map((text) => text.trim()).findLast(tells);
      if (line) progress(line);
    });
  }
  const late =
    props.seconds === undefined ? undefined : setTimeout(() => endGroup(child), props.seconds * 1000);
  const ended = await child.finally(() => clearTimeout(late));
  if (interrupted.aborted) throw new Interrupted();
  if (ended.exitCode === undefined && ended.signal === undefined) {
    throw new CliError(EXIT.MISSING, `${command} cannot be run`, ended.shortMessage ?? "no reason given");
  }
  return { exitCode: ended.exitCode ?? 1, stdout: ended.stdout, all: ended.all ?? "" };
}

/** Ends a program that leads a group of its own, and what it has started in it. */
export function endGroup({ pid }: { readonly pid?: number | undefined }): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

/**
 * A program's variables. Terraform and its providers live for seconds and are Go programs: collecting their garbage
 * is a fifth of the CPU time that they take, so they do it less often, for a fifth more memory.
 */
function environmentOf({ env }: RunProps): NodeJS.ProcessEnv {
  return { GOGC: "400", ...process.env, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", ...env };
}

/** Properties of {@link runLogged}. */
export interface LoggedRunProps extends RunProps {
  /** File that gets the output; of a path, what was in it is gone. */
  readonly log: string | PrivateFile;

  /** File that gets the output alone, and not the error output. @default - {@link log} */
  readonly output?: PrivateFile;

  /** A file that the program reaches as {@link PrivateFile.INHERITED}. */
  readonly inherited?: PrivateFile;

  /** File in which the program notes itself before it begins, for a later run to wait for it. */
  readonly note: string;

  /**
   * Whether it is interrupted, with what it has started, when this process is killed.
   *
   * @default false
   */
  readonly endsWithParent?: boolean;
}

/**
 * Runs a program that writes into a file and not to this process, so that it comes to its end, and
 * releases its lock, even when this process is killed.
 *
 * @throws Interrupted when the user stopped it; a failure is in the exit code.
 */
export async function runLogged(
  command: string,
  args: readonly string[],
  props: LoggedRunProps,
): Promise<Ended> {
  if (interrupted.aborted) throw new Interrupted();
  const { log, output, inherited, endsWithParent = false } = props;
  if (typeof log === "string") mkdirSync(dirname(log), { recursive: true });
  const file = typeof log === "string" ? openSync(log, "w", 0o600) : log.descriptor;
  const read = () => (typeof log === "string" ? readFileSync(log) : log.read()).toString();
  // execa takes no file descriptor for the standard output, and a pipe would end with this process.
  const child = spawn(...withPidFile(props.note, command, args, endsWithParent), {
    cwd: props.cwd,
    env: environmentOf(props),
    stdio: [
      ...["ignore" as const, output?.descriptor ?? file, file],
      ...(inherited ? [inherited.descriptor] : []),
      ...(endsWithParent ? [...(inherited ? [] : ["ignore" as const]), "pipe" as const] : []),
    ],
    detached: true,
  });
  if (typeof log === "string") closeSync(file);
  hear(child, props.stop);
  const follower = new AbortController();
  const following = follow(read, props, follower.signal);
  const ended = await new Promise<number | Error>((resolve) => {
    child.once("error", resolve);
    child.once("exit", (code) => resolve(code ?? 1));
  });
  endWatch(child);
  follower.abort();
  await following;
  if (interrupted.aborted) throw new Interrupted();
  const all = read();
  if (ended instanceof Error) throw new CliError(EXIT.MISSING, `${command} cannot be run`, ended.message);
  if (ended === NOT_RUN) throw new CliError(EXIT.MISSING, `${command} cannot be run`, all.trim());
  const stdout = output ? output.read().toString() : all;
  return { exitCode: ended, stdout, all: output && ended !== 0 ? `${stdout}${all}` : all };
}

/** Lets what waits for the end of this process go: the program has ended by itself. */
function endWatch({ stdio }: ChildProcess): void {
  const pipe = stdio[PARENT];
  if (!(pipe instanceof Writable)) return;
  pipe.on("error", () => undefined);
  pipe.end("\n");
}

/** Exit code of a shell that cannot run a program. */
const NOT_RUN = 127;

/** Tells the newest line of a log while it grows. */
async function follow(read: () => string, { live }: LoggedRunProps, signal: AbortSignal): Promise<void> {
  let last = "";
  while (live && !signal.aborted) {
    const line =
      live
        .mask(endingOf(plain(read())))
        .trimEnd()
        .split("\n")
        .at(-1)
        ?.trim() ?? "";
    if (line !== "" && line !== last) live.progress(line);
    last = line;
    await sleep(200, undefined, { signal }).catch(() => undefined);
  }
}

/** Characters at the end of a log among which a line is looked for. */
const ENDING = 65_536;

/** The last whole lines of a log: of one that is being written only a part of a secret may stand there. */
function endingOf(text: string): string {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const ending = whole.slice(-ENDING);
  return ending.length === whole.length ? whole : ending.slice(ending.indexOf("\n") + 1);
}

/** What a program printed, as text: without colours, and without anything else that a terminal would act upon. */
export function plain(text: string): string {
  return visible(text);
}

/** Whether a line of output says more than that something goes on: no spinner, no frame, no empty line. */
function tells(line: string): boolean {
  return /[A-Za-z]/.test(line) && !/^[\u2800-\u28ff]?\s*Processing$/.test(line);
}
