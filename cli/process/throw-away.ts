import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onInterrupt } from "./interrupts";
import { isAbandoned, ownName } from "./owner";

/** How the names of throw-away folders begin. */
const NAME = "groundplan-throw-away";

/** A folder for this user alone, for work without a project. It goes when it is removed, or this run is interrupted. */
export interface ThrowAway {
  readonly path: string;
  remove(): void;
}

/** Makes one, and removes those that killed runs have left. */
export function makeThrowAway(): ThrowAway {
  const parent = realpathSync(tmpdir());
  removeAbandoned(parent);
  const path = mkdtempSync(join(parent, ownName(NAME)));
  const remove = () => rmSync(path, { recursive: true, force: true });
  onInterrupt(async () => remove());
  return { path, remove };
}

/** Makes one for as long as some work takes. */
export async function inThrowAway<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeThrowAway();
  try {
    return await work(folder.path);
  } finally {
    folder.remove();
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
