import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds after which what is half made counts as left by a process that was killed. */
const STALE = 5000;

/** Milliseconds within which whoever takes the lock has written who it is. */
const WRITTEN = 1000;

/**
 * Does something while no other process does; waits for one that is at it.
 *
 * A folder is the lock, with the process id in it: a process that was killed leaves one that counts no more.
 *
 * @param {string} folder
 * @param {() => Promise<void>} action
 * @param {(pid: number | undefined) => void} onWait - called once, when another process is at it; undefined when the
 *   lock names none.
 */
export async function onlyOne(folder, action, onWait) {
  mkdirSync(dirname(folder), { recursive: true });
  for (let told = false; !take(folder); await sleep(100)) {
    const holder = holderOf(folder);
    if (holder !== undefined && !isAlive(holder) && clearStale(folder)) continue;
    if (told || (holder === undefined && age(folder) < WRITTEN)) continue;
    onWait(holder);
    told = true;
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.on("exit", release);
  try {
    await action();
  } finally {
    process.off("exit", release);
    release();
  }
}

/**
 * Removes a lock whose process is gone. One process at a time looks and removes: else it could be the lock of the next
 * by then, which another has taken that had found the same.
 *
 * @param {string} folder
 * @returns {boolean} Whether the lock can be tried again at once.
 */
function clearStale(folder) {
  const guard = `${folder}.clearing`;
  try {
    mkdirSync(guard);
  } catch {
    // Its process was killed in that moment.
    if (age(guard) > STALE) rmSync(guard, { recursive: true, force: true });
    return false;
  }
  try {
    const holder = holderOf(folder);
    if (holder !== undefined && !isAlive(holder)) rmSync(folder, { recursive: true, force: true });
    return true;
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @returns {boolean} False when another process has it.
 */
function take(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
  try {
    writeFileSync(join(folder, "pid"), String(process.pid));
    return true;
  } catch (error) {
    // A full disk: an empty lock would hold up the next.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * @param {string} folder
 * @returns {number | undefined} Undefined while it is just being taken, for some seconds.
 */
function holderOf(folder) {
  try {
    const text = readFileSync(join(folder, "pid"), "utf8");
    if (/^[1-9]\d*$/.test(text)) return Number(text);
  } catch {
    // There is not a file yet, or no folder any more.
  }
  // Killed between the folder and what is in its file: nobody holds it any more.
  return age(folder) > STALE ? 0 : undefined;
}

/**
 * @param {string} folder
 * @returns {number} Milliseconds since it was made, or until it will have been by a clock that was set back; 0 when it
 *   is gone.
 */
function age(folder) {
  try {
    return Math.abs(Date.now() - statSync(folder).mtimeMs);
  } catch {
    return 0;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
