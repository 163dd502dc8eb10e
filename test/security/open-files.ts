import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Files and folders below a folder that others than their owner can reach, each with its permissions. A link has none of
 * its own.
 */
export function openFiles(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    const mode = lstatSync(join(folder, path)).mode & 0o777;
    const found = entry.isSymbolicLink() || (mode & 0o077) === 0 ? [] : [`${path} (${mode.toString(8)})`];
    return entry.isDirectory() ? [...found, ...openFiles(folder, path)] : found;
  });
}
