import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Does something while no other process does; waits for one that is at it.
 *
 * A folder is the lock, with the process id in it: a process that was killed leaves one that counts no more.
 *
 * @param {string} folder
 * @param {() => Promise<void>} action
 * @param {(pid: number) => void} onWait - called once, when another process is at it.
 */
export async function onlyOne(folder, action, onWait) {
  mkdirSync(dirname(folder), { recursive: true });
  for (let waiting = false; !take(folder); waiting = true) {
    const holder = holderOf(folder);
    if (holder !== undefined && !isAlive(holder)) {
      // Renamed first: of two that find it, one removes it, and never the lock of the next.
      const stale = `${folder}.${process.pid}`;
      try {
        renameSync(folder, stale);
        rmSync(stale, { recursive: true, force: true });
      } catch {
        // The other was quicker.
      }
      continue;
    }
    if (!waiting && holder !== undefined) onWait(holder);
    await sleep(100);
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

/** @param {string} folder */
function take(folder) {
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, "pid"), String(process.pid));
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} folder
 * @returns {number | undefined} Undefined while it is just being taken.
 */
function holderOf(folder) {
  try {
    return Number(readFileSync(join(folder, "pid"), "utf8"));
  } catch {
    // Killed between the folder and its file: nobody holds it any more.
    try {
      return Date.now() - statSync(folder).mtimeMs > 5000 ? 0 : undefined;
    } catch {
      return undefined;
    }
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
