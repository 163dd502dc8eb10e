import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** Folder in a project's that has everything that Groundplan writes beside what was synthesized. */
export const OWN_FOLDER = ".groundplan";

/**
 * A checkout may bring something else by this name: every command says the same of it.
 *
 * @throws CliError when it is there and is not a folder.
 */
export function checkOwnFolder(root: string): void {
  const path = join(root, OWN_FOLDER);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new CliError(
    EXIT.USAGE,
    `${path} is not a folder`,
    "Groundplan keeps there what it writes: plans, logs, the state of the local AWS",
    "remove it, or give it another name",
  );
}

/** A stack's folder or file name: its own name, unless that is none for a folder. */
export function folderOf(stack: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(stack)) return stack;
  const readable = stack.replaceAll(/[^A-Za-z0-9_-]+/g, "_").slice(0, 80);
  return `_${readable}_${createHash("sha256").update(stack).digest("hex").slice(0, 12)}`;
}

/** Makes the folder of a project that holds what is no part of it, and that git is not to see. */
export function makeOwnFolder(root: string): string {
  const folder = join(root, OWN_FOLDER);
  const isNew = mkdirSync(folder, { recursive: true }) !== undefined;
  if (isNew) writeFileSync(join(folder, ".gitignore"), "*\n");
  return folder;
}
