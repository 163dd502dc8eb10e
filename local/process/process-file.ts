import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";

/** A process, known by more than its id: the system gives ids anew. */
export interface ProcessMark {
  readonly pid: number;

  /** When it began, in the system's own words. */
  readonly began: string;
}

/** What the state folder says of the emulator that runs from it. */
export interface ProcessFile {
  readonly port: number;
  readonly daemon: ProcessMark;

  /** moto and MiniStack; none while they start. */
  readonly emulators: readonly ProcessMark[];
}

/** The mark of a process that runs, or undefined. */
export function markOf(pid: number): ProcessMark | undefined {
  const began = beganAt(pid);
  return began === undefined ? undefined : { pid, began };
}

/** Whether that very process still runs. */
export function isRunning({ pid, began }: ProcessMark): boolean {
  return beganAt(pid) === began;
}

/** Ends that very process, and no other that has its id by now. */
export function end(mark: ProcessMark, signal: "SIGTERM" | "SIGKILL"): void {
  if (!isRunning(mark)) return;
  try {
    process.kill(mark.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** What a state folder says; undefined when nothing was started from it, or the file is damaged. */
export function readProcessFile(stateDirectory: string): ProcessFile | undefined {
  try {
    const { port, daemon, emulators } = JSON.parse(readSmallFile(pathIn(stateDirectory)));
    if (!Number.isInteger(port) || !isMark(daemon) || !Array.isArray(emulators)) return undefined;
    return { port, daemon, emulators: emulators.filter(isMark) };
  } catch {
    return undefined;
  }
}

export function writeProcessFile(stateDirectory: string, content: ProcessFile): void {
  writeWhole(pathIn(stateDirectory), JSON.stringify(content));
}

export function removeProcessFile(stateDirectory: string): void {
  rmSync(pathIn(stateDirectory), { force: true });
}

function pathIn(stateDirectory: string): string {
  return join(stateDirectory, "process.json");
}

/** Whether what was read from a file names a process. */
export function isMark(value: unknown): value is ProcessMark {
  const { pid, began } = (value ?? {}) as Partial<ProcessMark>;
  return Number.isInteger(pid) && typeof began === "string";
}

function beganAt(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") {
      const began = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
      return began === "" ? undefined : began;
    }
    // The second field is the name in parentheses and may hold anything; the 22nd is the start in clock
    // ticks since boot; the third is Z for a process that has ended and was not yet waited for.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
