import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { asNumbers } from "../input/exact-numbers";
import { folderOf } from "../process/own-folder";
import { Turn } from "../process/turn";
import { writeWholeFile } from "../process/whole-file";
import type { Project } from "../project/project";
import { checkFolderAbove, makeFolder } from "../project/writing";
import type { PlanJson } from "./plan-json";
import { readRun } from "./read";
import { type PlanRun, SUMMARY_FILE } from "./result";

/** The directory into which a run writes its results. */
export class ResultDirectory {
  constructor(readonly path: string) {}

  /**
   * Empties what an earlier run has written.
   *
   * @throws CliError when the folder holds something else, or cannot be made.
   */
  begin(): void {
    const summary = join(this.path, SUMMARY_FILE);
    if (existsSync(this.path) && !existsSync(summary) && !existsSync(join(this.path, MARK))) {
      throw new CliError(EXIT.USAGE, "the result directory holds something else", `at ${this.path}`, INSTEAD);
    }
    checkFolderAbove(this.path, INSTEAD);
    rmSync(this.path, { recursive: true, force: true });
    makeFolder(this.path, INSTEAD);
    mkdirSync(join(this.path, "stacks"));
    // Until the summary is there: a run that was killed leaves a folder that the next one may empty.
    writeFileSync(join(this.path, MARK), "");
  }

  /** Writes a file of a stack; its path for the summary. */
  write(stack: string, name: string, content: string | Buffer): string {
    const folder = folderOf(stack);
    mkdirSync(join(this.path, "stacks", folder), { recursive: true });
    writeFileSync(join(this.path, "stacks", folder, name), content);
    return `stacks/${folder}/${name}`;
  }

  writeDocument(stack: string, document: PlanJson): string {
    return this.write(stack, "plan.json", `${asNumbers(JSON.stringify(document, null, 1))}\n`);
  }

  /** Writes the summary: as the last file, or anew whenever it changes. */
  summarize(summary: object): void {
    writeWholeFile(join(this.path, SUMMARY_FILE), `${JSON.stringify(summary, null, 2)}\n`);
    rmSync(join(this.path, MARK), { force: true });
  }

  /**
   * The summary of a directory that a run has written.
   *
   * @throws CliError when there is none, or what is there is no summary.
   */
  read(): PlanRun {
    const file = join(this.path, SUMMARY_FILE);
    if (!existsSync(file)) {
      throw new CliError(EXIT.USAGE, "there is no plan", `at ${file}`, "plan first: npx groundplan plan");
    }
    return readRun(file);
  }
}

/** Waits for another run of this checkout that writes the same directory, which this process has until it ends. */
export function holdResult({ root }: Pick<Project, "root">, path: string): Promise<void> {
  const key = createHash("sha256").update(resolve(path)).digest("hex").slice(0, 12);
  return Turn.keep(root, `result-${key}`, `writes ${path}`);
}

const MARK = ".incomplete";

const INSTEAD = "name one that is not there yet, with --result";
