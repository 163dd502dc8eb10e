import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onInterrupt } from "../console/interrupts";
import { folderOf } from "../project/folder";
import type { Project } from "../project/project";

/** A folder that only this user can read: saved plans, and what Terraform prints, hold secrets in clear. */
export class WorkFolder {
  private constructor(readonly path: string) {}

  /** Makes one for as long as some work takes, and removes those that killed runs have left. */
  static async during<T>(project: Project, work: (folder: WorkFolder) => Promise<T>): Promise<T> {
    const parent = join(project.root, ".groundplan");
    mkdirSync(parent, { recursive: true });
    removeStale(parent);
    const folder = mkdtempSync(join(parent, `work-${process.pid}-`));
    chmodSync(folder, 0o700);
    const remove = () => rmSync(folder, { recursive: true, force: true });
    onInterrupt(async () => remove());
    try {
      return await work(new WorkFolder(folder));
    } finally {
      remove();
      // A Terraform that outlived its run has ended by now: this run has waited for its lock.
      removeStale(parent);
    }
  }

  /** Path of a stack's file. */
  file(stack: string, ending: string): string {
    return join(this.path, `${folderOf(stack)}.${ending}`);
  }

  /** Notes the Terraform that works for a stack: it may outlive this process. */
  occupy(stack: string, pid: number): void {
    writeFileSync(this.file(stack, "pid"), String(pid));
  }
}

/** Removes the folders of runs that are no more, unless a Terraform of theirs still runs. */
function removeStale(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, owner] = /^work-(\d+)-/.exec(name) ?? [];
    if (owner === undefined || lives(Number(owner))) continue;
    const folder = join(parent, name);
    const terraforms = readdirSync(folder)
      .filter((file) => file.endsWith(".pid"))
      .map((file) => Number(readFileSync(join(folder, file), "utf8")));
    if (!terraforms.some(lives)) rmSync(folder, { recursive: true, force: true });
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
