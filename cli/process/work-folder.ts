import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted } from "../console/errors";
import { interrupted, notify, onInterrupt } from "./interrupts";
import { notedProcess } from "./note";
import { type Checkout, makeOutside, projectsOutside, removeOutside } from "./outside";
import { folderOf, makeOwnFolder } from "./own-folder";
import { isAbandoned, ownName } from "./owner";
import { PrivateFile } from "./private-file";
import { Turn } from "./turn";

/** How the names of work folders begin. */
const WORK = "work";

/** What a work folder is for: the checkout of a project. */
interface Place {
  readonly root: string;
}

/**
 * A folder that only this user can read, for as long as some work takes: every command has what it needs for a while in
 * one of these, so that the next run of any command removes what a killed one has left. Saved plans, and what Terraform
 * prints, hold secrets in clear: they have no name in it ({@link privateFile}), and nobody has to remove them.
 */
export class WorkFolder {
  private files = 0;

  private constructor(
    readonly path: string,
    private readonly checkout: Place,
  ) {}

  /** Makes one for as long as some work takes, and removes those that killed runs have left. */
  static async during<T>(checkout: Place, work: (folder: WorkFolder) => Promise<T>): Promise<T> {
    const parent = makeOwnFolder(checkout.root);
    removeAbandoned(checkout);
    const path = mkdtempSync(join(parent, ownName(WORK)));
    chmodSync(path, 0o700);
    const remove = () => removeFolder(path, checkout);
    onInterrupt(async () => remove());
    try {
      return await work(new WorkFolder(path, checkout));
    } finally {
      remove();
      // A Terraform that outlived its run has ended by now: this run has waited for it.
      removeAbandoned(checkout);
    }
  }

  /** Path of a file of this run. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** A file that is gone with the last process that has it open. */
  privateFile(): PrivateFile {
    this.files += 1;
    return PrivateFile.make(this.path, `private-${this.files}`);
  }

  /** Makes a folder elsewhere that goes with this one, see {@link makeOutside}. */
  makeOutside(path: string, inside?: Checkout): void {
    makeOutside(this.path, path, inside);
  }

  /** File in which a program notes itself that may outlive this process, e.g. the Terraform that works for a stack. */
  noteOf(name: string): string {
    return this.file(noteName(name));
  }

  /**
   * Does something with Terraform in the folder of a stack while no other run does: not one beside this, and not the
   * Terraform of a run that was killed, which comes to its end and releases its lock.
   */
  async lockStack<T>(stack: string, work: () => Promise<T>): Promise<T> {
    const { root } = this.checkout;
    return Turn.during(root, `stack-${folderOf(stack)}`, `works on ${stack} here`, async () => {
      await untilEnded(this.checkout, stack);
      return work();
    });
  }
}

function noteName(name: string): string {
  return `${folderOf(name)}.pid`;
}

/** Waits for the Terraform of a run that was killed. @throws Interrupted at Ctrl-C. */
async function untilEnded(checkout: Place, stack: string): Promise<void> {
  let named: number | undefined;
  for (;;) {
    const notes = abandoned(checkout).map((folder) => join(folder, noteName(stack)));
    const [pid] = notes.flatMap((file) => notedProcess(file) ?? []);
    if (pid === undefined) return;
    if (interrupted.aborted) throw new Interrupted();
    if (pid !== named)
      notify(`waiting for the Terraform that a killed run has left at work on ${stack}: process ${pid}`);
    named = pid;
    await sleep(100);
  }
}

/** Folders of runs that have ended without removing them. */
function abandoned({ root }: Place): readonly string[] {
  const parent = join(root, ".groundplan");
  return namesIn(parent)
    .filter((name) => isAbandoned(WORK, name))
    .map((name) => join(parent, name));
}

/** Removes the folders of runs that have ended, unless a program of theirs still runs. */
export function removeAbandoned(checkout: Place): void {
  for (const folder of abandoned(checkout)) if (!isInUse(folder)) removeFolder(folder, checkout);
}

/** Whether a program that a run has left is still at work: by its note in the folder, or in a checkout that it leads to. */
function isInUse(folder: string): boolean {
  // No further than that: a hostile checkout may lead to itself.
  return (
    hasLivingProgram(folder) || projectsIn(folder).some((root) => abandoned({ root }).some(hasLivingProgram))
  );
}

function hasLivingProgram(folder: string): boolean {
  const notes = namesIn(folder).filter((name) => name.endsWith(".pid"));
  return notes.some((name) => notedProcess(join(folder, name)) !== undefined);
}

/**
 * Removes a folder that nobody works in. It gets a name of this process first: of two that remove the same one, one
 * alone can do that, and the other has nothing left to do. Whatever is in the way, no command ends for it.
 */
function removeFolder(folder: string, checkout: Place): void {
  const mine = `${join(checkout.root, ".groundplan", ownName(WORK))}${randomName()}`;
  try {
    renameSync(folder, mine);
  } catch {
    // Another has removed it.
    return;
  }
  try {
    if (namesIn(mine).length > 0) removeOutside(mine, checkout.root);
    rmSync(mine, { recursive: true, force: true });
  } catch {
    // By a name of this process, nobody would find it before that ends.
    giveBack(mine, folder);
  }
}

function giveBack(mine: string, folder: string): void {
  try {
    renameSync(mine, folder);
  } catch {
    // The next run of any command finds it by this process's name.
  }
}

/** Projects that a folder leads to; none where an odd thing has its name. */
function projectsIn(folder: string): readonly string[] {
  try {
    return projectsOutside(folder);
  } catch {
    return [];
  }
}

function randomName(): string {
  return Math.random().toString(36).slice(2, 8).padEnd(6, "0");
}

/** Names in a folder; none when it is not there, or is none. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
