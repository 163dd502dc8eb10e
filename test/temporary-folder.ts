import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Makes an empty folder of its own for a test, which is removed with the suite (tools/test/environment.js).
 *
 * @param name - what it is for, as part of its name.
 * @returns Its real path: macOS has its temporary folder behind a symbolic link.
 */
export function temporaryFolder(name: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `groundplan-${name}-`)));
  const made = globalThis as { temporaryFolders?: string[] };
  made.temporaryFolders ??= [];
  made.temporaryFolders.push(folder);
  return folder;
}
