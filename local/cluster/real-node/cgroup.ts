import { createHash } from "node:crypto";
import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readSmallFile } from "../../files/read-file";
import { end, isRunning, markOf, type ProcessMark } from "../../process/process-file";

const ROOT = "/sys/fs/cgroup";

/** Milliseconds within which processes must be gone that were killed. */
const LIMIT = 120_000;

/** Name of the cgroup of the node whose cluster has that folder; one of each folder. */
export function cgroupOf(folder: string): string {
  return `groundplan-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`;
}

/**
 * Kills all processes of a cgroup and removes it, whoever has started them and however that one ended.
 *
 * @returns whether there was one.
 */
export async function removeCgroup(name: string): Promise<boolean> {
  const folders = cgroupFolders(name);
  for (let waited = 0; ; waited += 50) {
    const processes = folders.flatMap(processesIn);
    for (const one of processes) end(one, "SIGKILL");
    if (!processes.some(isRunning) && folders.every(remove)) return folders.length > 0;
    if (waited > LIMIT) throw new Error(`the cgroup ${folders[0]} cannot be emptied`);
    await sleep(50);
  }
}

/** Its folders: one in each hierarchy of the first version, or the only one of the second. */
export function cgroupFolders(name: string): readonly string[] {
  if (!existsSync(ROOT)) return [];
  const hierarchies = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [join(ROOT, name), ...hierarchies.map((entry) => join(ROOT, entry.name, name))].filter(existsSync);
}

function processesIn(folder: string): readonly ProcessMark[] {
  const inside = children(folder).flatMap(processesIn);
  try {
    const pids = readSmallFile(join(folder, "cgroup.procs")).split("\n").filter(Boolean);
    return [...inside, ...pids.flatMap((pid) => markOf(Number(pid)) ?? [])];
  } catch {
    // It has gone meanwhile.
    return inside;
  }
}

/** @returns whether it is gone; one whose processes have just ended may not be yet. */
function remove(folder: string): boolean {
  try {
    for (const child of children(folder)) remove(child);
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}

function children(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}
