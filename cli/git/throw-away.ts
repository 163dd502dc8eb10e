import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onInterrupt } from "../process/interrupts";
import { isAbandoned, ownName } from "../process/owner";

/** How the names of throw-away folders begin. */
const NAME = "groundplan-git";

/** Makes a folder for this user alone for as long as some work takes, and removes those that killed runs have left. */
export async function inThrowAway<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const parent = realpathSync(tmpdir());
  removeAbandoned(parent);
  const folder = mkdtempSync(join(parent, ownName(NAME)));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  onInterrupt(async () => remove());
  try {
    return await work(folder);
  } finally {
    remove();
  }
}

function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!isAbandoned(NAME, name)) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // It is another user's.
    }
  }
}
