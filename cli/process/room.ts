import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Makes the folder of a project that holds what is no part of it, and that git is not to see. */
export function makeRoom(root: string): string {
  const room = join(root, ".groundplan");
  const isNew = mkdirSync(room, { recursive: true }) !== undefined;
  if (isNew) writeFileSync(join(room, ".gitignore"), "*\n");
  return room;
}
