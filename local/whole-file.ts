import { renameSync, writeFileSync } from "node:fs";

/**
 * Writes a file whole or not at all: whoever reads it meanwhile gets what was there before.
 *
 * @param mode - permissions of the file, e.g. 0o600. @default - those of the process
 */
export function writeWhole(path: string, content: string, mode?: number): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content, mode === undefined ? {} : { mode });
  renameSync(temporary, path);
}
