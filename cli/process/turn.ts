import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted } from "../console/errors";
import { readInput } from "../input/file";
import { interrupted, notify } from "./interrupts";
import { makeOwnFolder } from "./own-folder";
import { isAbandoned, livingOwner, type Owner, ownName, thisOwner } from "./owner";

/** Milliseconds between two looks whether it is our turn. */
const LOOK = 100;

/** What is left of a run that was killed before it had its turn. */
const UNFINISHED = "next";

/** Largest owner that is read, in bytes: one has some hundred. */
const LARGEST_OWNER = 10_000;

/** Whether a turn is held. */
const OWNER = "owner";
const RELEASED = "released";

/**
 * One run's turn at something that the runs in one checkout do one after another.
 *
 * A turn is a folder with a number, and the highest counts. Whoever finds that one released, or its process ended, makes
 * the next: by a rename, which one alone can do, and which brings its owner's name with it. The highest is never removed:
 * so nobody takes a number twice, and no time is guessed after which a turn is over.
 */
export class Turn {
  private constructor(private readonly path: string) {}

  /**
   * Waits for the turn, and says for whom.
   *
   * @param key - what is done, for a file's name. @param what - what the other does meanwhile, e.g. `synthesizes here`.
   * @throws Interrupted at Ctrl-C.
   */
  static async take(root: string, key: string, what: string): Promise<Turn> {
    const folder = join(makeOwnFolder(root), "turns");
    makeFolder(folder);
    let named: number | undefined;
    for (;;) {
      if (interrupted.aborted) throw new Interrupted();
      const last = highest(folder, key);
      const holder = holderOf(turnPath(folder, key, last));
      if (holder) {
        if (holder.pid !== named) notify(waitingFor(holder, what));
        named = holder.pid;
        await sleep(LOOK);
        continue;
      }
      const path = turnPath(folder, key, last + 1);
      if (!make(folder, path)) continue;
      // Somebody had that number before, and it was removed since.
      if (highest(folder, key) > last + 1) {
        rmSync(path, { recursive: true, force: true });
        continue;
      }
      clear(folder, key, last);
      return new Turn(path);
    }
  }

  /** Takes the turn for as long as this process goes on; once it has it, it has it. */
  static async keep(root: string, key: string, what: string): Promise<void> {
    const name = join(root, key);
    kept.set(name, kept.get(name) ?? Turn.take(root, key, what));
    await kept.get(name);
  }

  /** Does something in a turn. */
  static async during<T>(root: string, key: string, what: string, work: () => Promise<T>): Promise<T> {
    const turn = await Turn.take(root, key, what);
    try {
      return await work();
    } finally {
      turn.release();
    }
  }

  release(): void {
    try {
      writeFileSync(join(this.path, RELEASED), "");
    } catch {
      // Without room for it, it is released with this process.
    }
  }
}

/** Makes the folder of all turns; what has its name and is not a folder is kept under another. */
function makeFolder(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    try {
      // No rename: it would also move the folder that another run has made meanwhile.
      linkSync(folder, `${folder}.${ownName("aside")}`);
      unlinkSync(folder);
    } catch {
      // Another run has moved it.
    }
  }
  mkdirSync(folder, { recursive: true });
}

/** Turns that this process keeps. */
const kept = new Map<string, Promise<Turn>>();

function waitingFor({ pid, command }: Owner, what: string): string {
  return `waiting for another run that ${what}: process ${pid}${command === "" ? "" : `, groundplan ${command}`}`;
}

function turnPath(folder: string, key: string, number: number): string {
  return join(folder, `${key}.${number}`);
}

/** The highest number of a turn; 0 when there was none. */
function highest(folder: string, key: string): number {
  return Math.max(0, ...numbers(folder, key));
}

function numbers(folder: string, key: string): readonly number[] {
  return readdirSync(folder).flatMap((name) => {
    const number = name.startsWith(`${key}.`) ? name.slice(key.length + 1) : "";
    return /^\d{1,15}$/.test(number) ? [Number(number)] : [];
  });
}

/** Who holds a turn; undefined when it was released, or its process has ended. */
function holderOf(path: string): Owner | undefined {
  try {
    if (readdirSync(path).includes(RELEASED)) return undefined;
    return livingOwner(readInput(join(path, OWNER), { bytes: LARGEST_OWNER }).toString());
  } catch {
    // It is removed in this moment, or something else has its name.
    return undefined;
  }
}

/** Makes a turn with its owner in it; false when another run was faster. */
function make(folder: string, path: string): boolean {
  const unfinished = mkdtempSync(join(folder, ownName(UNFINISHED)));
  try {
    writeFileSync(join(unfinished, OWNER), JSON.stringify(thisOwner()));
    renameSync(unfinished, path);
    return true;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (["EEXIST", "ENOTEMPTY", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return false;
    throw error;
  }
}

/** Removes the turns before, and what killed runs have left. */
function clear(folder: string, key: string, last: number): void {
  const before = numbers(folder, key).filter((number) => number <= last);
  const left = readdirSync(folder).filter((name) => isAbandoned(UNFINISHED, name));
  const paths = [
    ...before.map((number) => turnPath(folder, key, number)),
    ...left.map((name) => join(folder, name)),
  ];
  for (const path of paths) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Another run removes it too.
    }
  }
}
