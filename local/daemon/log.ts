import { renameSync, statSync } from "node:fs";
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
