import type { ChildProcess } from "node:child_process";
import { Interrupted } from "../console/errors";
import { line, sayAside } from "../console/output";
import { descendantsOf } from "./processes";

const controller = new AbortController();
const children = new Map<ChildProcess, Stop>();
const endings: (() => Promise<void>)[] = [];

/** Asks a program to end and to save what it has. */
export type Stop = (child: ChildProcess) => void;

/** Fires at the first Ctrl-C (or SIGTERM). */
export const interrupted: AbortSignal = controller.signal;

/** What has to be undone when this run is interrupted; the last one first. */
export function onInterrupt(ending: () => Promise<void>): void {
  endings.push(ending);
}

/** Undoes what {@link onInterrupt} was given. */
export async function runEndings(): Promise<void> {
  for (const ending of endings.splice(0).reverse()) await ending();
}

/** Terraform takes one interrupt for a wish to end in order, and saves. */
const interrupt: Stop = (child) => child.kill("SIGINT");

/** A shell passes no signal on: its whole group is told. */
export const stopGroup: Stop = ({ pid }) => {
  if (pid !== undefined) signal(-pid, "SIGINT");
};

/**
 * Stops a child, once, at the first signal, and ends it at the second.
 *
 * A child is to be a process group of its own: a terminal sends Ctrl-C to the whole group, and Terraform
 * takes a second one for a wish to stop without saving.
 *
 * @param stop - how it is stopped; by default with an interrupt.
 */
export function hear(child: ChildProcess, stop: Stop = interrupt): void {
  children.set(child, stop);
  child.once("exit", () => children.delete(child));
  if (interrupted.aborted) stop(child);
}

const plainly = (text: string): void => {
  sayAside(line``);
  sayAside(line`${text}`);
};
let notice = plainly;

/** Lets something else tell the user what a signal does, e.g. a list that owns the terminal; gives what ends that. */
export function noticeBy(say: (text: string) => void): () => void {
  notice = say;
  return () => {
    notice = plainly;
  };
}

/** Tells the user of something that is waited for. */
export function notify(text: string): void {
  notice(text);
}

/**
 * Ends a run that was interrupted where nothing is half done: before the next thing is written.
 *
 * @param left - what is left to know, e.g. `nothing was published`.
 */
export function endIfInterrupted(...left: readonly string[]): void {
  if (interrupted.aborted) throw new Interrupted(...left);
}

/** Starts to listen for signals. */
export function listen(): void {
  const onSignal = () => {
    if (!interrupted.aborted) {
      notice("stopping; a second Ctrl-C stops at once");
      controller.abort();
      for (const [child, stop] of children) stop(child);
      return;
    }
    for (const child of children.keys()) killTree(child);
    process.exit(130);
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, onSignal);
}

/** Ends a child and everything below it, which may be in sessions of its own. */
function killTree({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  for (const { pid: below } of descendantsOf(pid)) signal(below, "SIGKILL");
  signal(pid, "SIGKILL");
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
