import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { LocalError } from "../options";

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

/**
 * Refuses a state folder that is a link or no folder, and a `.groundplan` around it that is one: a checkout may bring
 * both, and they would lead to what is not its own.
 *
 * @throws LocalError that says what to remove.
 */
export function refuseLinks(stateDirectory: string): void {
  const above = dirname(stateDirectory);
  for (const path of basename(above) === ".groundplan" ? [above, stateDirectory] : [stateDirectory]) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat && !stat.isDirectory()) throw notOurs(path, stat.isSymbolicLink() ? "a link" : "not a folder");
  }
}

function notOurs(path: string, what: string): LocalError {
  return new LocalError(
    "input",
    `${path} is ${what}, and nothing is written there\n  see what it is, then remove it: rm ${JSON.stringify(path)}`,
  );
}

/**
 * Makes a folder that only its owner can enter, with those above it that are missing; one that is open is closed.
 *
 * @throws LocalError where a link or a file has its name.
 */
export function privateFolder(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory()) throw notOurs(path, stat.isSymbolicLink() ? "a link" : "not a folder");
  privatePlace(path);
}

/** As {@link privateFolder}, of a place of the user's outside any checkout, which they may have linked elsewhere. */
export function privatePlace(path: string): void {
  privately(() => mkdirSync(path, { recursive: true, mode: 0o700 }));
  const { mode } = statSync(path);
  if ((mode & OTHERS) !== 0) chmodSync(path, mode & 0o7700);
}

/**
 * Makes a folder as {@link privateFolder} does. Where it was open to others, all that lies in it is closed too: an older
 * version made it, or a checkout brought it.
 */
export function privateTree(path: string): void {
  refuseLinks(path);
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

/**
 * Copies a folder of plain files and folders to a place where nothing is, as its owner's alone.
 *
 * @returns the number of bytes.
 * @throws LocalError for a link or another thing that is neither: it would lead elsewhere.
 */
export function copyTree(from: string, to: string): number {
  privateFolder(to);
  let bytes = 0;
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) bytes += copyTree(source, target);
    else if (!entry.isFile()) throw notOurs(source, entry.isSymbolicLink() ? "a link" : "not a file");
    else {
      privately(() => copyFileSync(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE));
      bytes += statSync(target).size;
    }
  }
  return bytes;
}

/** Writes a file whole or not at all: whoever reads it meanwhile gets what was there before. */
export function writeWhole(path: string, content: string): void {
  const temporary = `${path}.${process.pid}`;
  try {
    // What has its name already may lead elsewhere.
    rmSync(temporary, { force: true });
    privately(() => writeFileSync(temporary, content, { mode: 0o600, flag: "wx" }));
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

/** Sets what the kernel shows as a file, e.g. the limit of a cgroup. */
export function setKernelFile(path: string, value: string): void {
  writeFileSync(path, value, { flag: "r+" });
}

/**
 * Opens a file to write at its end, in a folder that is made where it is missing.
 *
 * @throws LocalError where a link, a pipe or another thing that is not a file has its name.
 */
export function openToAppend(path: string): number {
  privateFolder(dirname(path));
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw notOurs(path, stat.isSymbolicLink() ? "a link" : "not a file");
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
  const file = privately(() =>
    openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600),
  );
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw notOurs(path, "not a file");
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

/** Adds to a file in a private folder; it is made where it is missing. */
export function appendTo(path: string, content: Buffer): Promise<void> {
  return privately(() => appendFile(path, content, { mode: 0o600 }));
}

/** A new folder in the system's folder of temporary files. */
export function temporaryFolder(name: string): string {
  return privately(() => mkdtempSync(join(tmpdir(), `${name}-`)));
}

/** Starts a program; what it makes is its owner's alone. */
export function spawnPrivately(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return privately(() => spawn(file, [...args], options));
}
