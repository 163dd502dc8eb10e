import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isMainThread } from "node:worker_threads";

/** Permissions that a file or folder of this package never gives: those of the group and of others. */
const OTHERS = 0o077;

/**
 * Does something at once, and whatever it makes is its owner's alone: files 0600, folders 0700, and the same for all
 * that a program makes which it starts.
 *
 * Every file, folder and program of this package is made in here; a lint of `test/security` holds that.
 */
export function privately<T>(work: () => T): T {
  // A worker thread has no umask of its own to set; the folders around its files are closed.
  if (!isMainThread) return work();
  const before = process.umask(OTHERS);
  try {
    return work();
  } finally {
    process.umask(before);
  }
}

/** From now on, all that this process and its children make is its owner's alone. */
export function stayPrivate(): void {
  process.umask(OTHERS);
}

/** Makes a folder that only its owner can enter, with those above it that are missing; one that is open is closed. */
export function privateFolder(path: string): void {
  privately(() => mkdirSync(path, { recursive: true, mode: 0o700 }));
  const { mode } = statSync(path);
  if ((mode & OTHERS) !== 0) chmodSync(path, mode & 0o7700);
}

/**
 * Makes a folder as {@link privateFolder} does. Where it was open to others, all that lies in it is closed too: an older
 * version made it, or a checkout brought it.
 */
export function privateTree(path: string): void {
  const was = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  privateFolder(path);
  if ((was & OTHERS) !== 0) closeInside(path);
}

function closeInside(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    // A link leads to what is not ours.
    if (!entry.isDirectory() && !entry.isFile()) continue;
    chmodSync(path, statSync(path).mode & 0o7700);
    if (entry.isDirectory()) closeInside(path);
  }
}

/** Writes a file whole or not at all: whoever reads it meanwhile gets what was there before. */
export function writeWhole(path: string, content: string): void {
  const temporary = `${path}.${process.pid}`;
  try {
    privately(() => writeFileSync(temporary, content, { mode: 0o600 }));
    renameSync(temporary, path);
  } catch (error) {
    // A full disk: what is half written would only fill it more.
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Makes a file that is not there yet.
 *
 * @returns whether it was made; false when it is there.
 */
export function writeNew(path: string, content: string): boolean {
  let made = false;
  try {
    const file = privately(() => openSync(path, "wx", 0o600));
    made = true;
    try {
      writeFileSync(file, content);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (made) rmSync(path, { force: true });
    else if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Opens a file to write at its end, in a folder that is made where it is missing. */
export function openToAppend(path: string): number {
  privateFolder(dirname(path));
  return privately(() => openSync(path, "a", 0o600));
}

/** Starts a program; what it makes is its owner's alone. */
export function spawnPrivately(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return privately(() => spawn(file, [...args], options));
}
