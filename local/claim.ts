import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, markOf, type ProcessMark } from "./process-file";

/**
 * Does something while no other process does the same in that folder; whoever comes second waits.
 * The claim of a process that was killed does not count.
 */
export async function alone<T>(
  folder: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const claim = join(folder, "starting");
  const mine = JSON.stringify(markOf(process.pid));
  mkdirSync(folder, { recursive: true });
  while (!take(claim, mine)) {
    signal?.throwIfAborted();
    if (!clearStale(claim)) await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(claim, { force: true });
  }
}

function take(claim: string, mine: string): boolean {
  try {
    writeFileSync(claim, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes the claim of a process that is gone. One process at a time looks and removes: else it could be the claim of
 * another by then, which had found the same.
 *
 * @returns whether the claim can be tried again at once.
 */
function clearStale(claim: string): boolean {
  if (!isStale(claim)) return false;
  const guard = `${claim}.clearing`;
  if (!take(guard, "")) {
    // Its process was killed in that moment.
    if (ageOf(guard) > ABANDONED) rmSync(guard, { force: true });
    return false;
  }
  try {
    if (isStale(claim)) rmSync(claim, { force: true });
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Milliseconds after which a guard counts as left by a process that was killed. */
const ABANDONED = 5000;

function isStale(claim: string): boolean {
  const found = read(claim);
  return found !== undefined && !isOf(found);
}

function ageOf(file: string): number {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function read(claim: string): string | undefined {
  try {
    return readFileSync(claim, "utf8");
  } catch {
    return undefined;
  }
}

/** Whether the process that a claim names still runs; one that is being written counts as such. */
function isOf(content: string): boolean {
  if (content === "") return true;
  try {
    return isRunning(JSON.parse(content) as ProcessMark);
  } catch {
    return false;
  }
}
