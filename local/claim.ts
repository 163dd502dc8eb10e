import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/** Removes the claim of a process that is gone; returns whether it did. */
function clearStale(claim: string): boolean {
  const found = read(claim);
  if (found === undefined || isOf(found)) return false;
  const aside = `${claim}.${process.pid}`;
  try {
    renameSync(claim, aside);
  } catch {
    return true;
  }
  // Another may have cleared it first and claimed it since: then it is theirs, and is put back.
  if (read(aside) !== found) renameSync(aside, claim);
  else rmSync(aside, { force: true });
  return true;
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
