import { lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { privateFolder, writeNew } from "../files/private";
import { readSmallFile } from "../files/read-file";
import { LocalError } from "../options";
import { isMark, isRunning, markOf, type ProcessMark } from "./process-file";

/** Options of {@link alone}. */
export interface AloneOptions {
  readonly signal?: AbortSignal | undefined;

  /** Called once when another process is waited for, with a line that names it. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

/**
 * Does something while no other process does the same in that folder; whoever comes second waits.
 *
 * The claim of a process that is gone does not count. One that names none, empty or damaged, counts for some seconds, in
 * which it may be being written; a full disk or a kill leaves such a one.
 */
export async function alone<T>(
  folder: string,
  { signal, onProgress }: AloneOptions,
  work: () => Promise<T>,
): Promise<T> {
  const claim = join(folder, "starting");
  const mine = JSON.stringify(markOf(process.pid));
  privateFolder(folder);
  for (let told = false; !writeNew(claim, mine); ) {
    signal?.throwIfAborted();
    if (clearStale(claim)) continue;
    const holder = told ? undefined : describeHolder(claim);
    if (holder !== undefined) {
      onProgress?.(`waiting for ${holder}, which is at work in ${folder}`);
      told = true;
    }
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(claim, { force: true });
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
  if (!writeNew(guard, "")) {
    // Its process was killed in that moment.
    if (isAbandoned(guard)) remove(guard);
    return false;
  }
  try {
    if (isStale(claim)) remove(claim);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Removes what names no process that runs; a folder is nobody's claim, and may hold something. */
function remove(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new LocalError(
      "input",
      `${path} is a folder, where a file says which process is at work\n  see what it is, then remove it`,
    );
  }
  rmSync(path, { force: true });
}

/** Milliseconds after which a file that names no process counts as left by one that was killed. */
const ABANDONED = 5000;

/** Milliseconds within which whoever takes a claim has written who it is. */
const WRITTEN = 1000;

function isStale(claim: string): boolean {
  const mark = read(claim);
  return mark === undefined ? isAbandoned(claim) : !isRunning(mark);
}

function isAbandoned(file: string): boolean {
  return ageOf(file) > ABANDONED;
}

/** Milliseconds since a file was written, or until it will have been by a clock that was set back; 0 when it is gone. */
function ageOf(file: string): number {
  return Math.abs(Date.now() - (lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()));
}

/** Who has a claim; undefined while it may be being written. */
function describeHolder(claim: string): string | undefined {
  const mark = read(claim);
  if (mark !== undefined) return `process ${mark.pid}`;
  return ageOf(claim) > WRITTEN ? `a process that ${claim} does not name` : undefined;
}

/** The process that a claim names; undefined for one that is gone, empty or damaged. */
function read(claim: string): ProcessMark | undefined {
  try {
    const found: unknown = JSON.parse(readSmallFile(claim));
    return isMark(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
