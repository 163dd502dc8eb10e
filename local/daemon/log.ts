import { renameSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openToAppend } from "../files/private";

/** Bytes from which a log is set aside at the next start; the one before it goes. */
const LARGE = 10 * 2 ** 20;

/** Opens a log of the state folder, to write at its end. */
export function openLog(stateDirectory: string, name: string): number {
  const path = join(stateDirectory, name);
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size > LARGE) renameSync(path, `${path}.1`);
  return openToAppend(path);
}

/**
 * Adds a line to a log that is open. It is written at once: a stream would wake a thread for each line, which costs more than the
 * line. A disk that is full loses lines, and no answer.
 */
export function appendLine(log: number, line: string): void {
  try {
    writeSync(log, `${line}\n`);
  } catch {
    // Nobody can be told: what answers goes on.
  }
}
