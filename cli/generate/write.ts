import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError, realInside } from "../input/file";
import { readJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import { makeOwnFolder } from "../process/own-folder";
import { writeWholeFile } from "../process/whole-file";
import { type FileChange, readSource } from "./draft";

/** Folder with what is about to be written, until all of it is. */
const STAGE = "new";

/** The list of what is written: it is there as long as a part may be, and the other not. */
const JOURNAL = "journal.json";

/** What stands in {@link JOURNAL}. */
interface Journal {
  readonly changes: readonly FileChange[];

  /** Folders that are made for them, the highest first. */
  readonly folders: readonly string[];
}

const text = { type: "string", maxLength: 10_000_000 } as const;

/** A checkout may bring a journal of its own: what it says is believed of files within the project only. */
const checkJournal = schemaCheck<Journal>({
  type: "object",
  required: ["changes", "folders"],
  properties: {
    changes: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "after"],
        properties: { path: text, before: text, after: text },
      },
    },
    folders: { type: "array", items: text },
  },
});

/** Largest journal that is read, in bytes. */
const LARGEST = 50_000_000;

/**
 * Writes all files, or none: each is written whole beside the project, and then renamed. A failure undoes what was done; so
 * does the next run for one that was killed, see {@link undoUnfinished}.
 *
 * @throws CliError when a file has changed since it was read, or cannot be written.
 */
export function writeAll(root: string, changes: readonly FileChange[]): void {
  for (const { path, before } of changes) {
    checkInside(root, path);
    if (readSource(root, path) !== before)
      throw new CliError(EXIT.USAGE, `${path} has changed meanwhile: nothing was written`, "run this again");
  }
  const stage = join(makeOwnFolder(root), STAGE);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage);
  for (const [index, { after }] of changes.entries()) writeFileSync(join(stage, String(index)), after);
  const journal: Journal = { changes, folders: missingFolders(root, changes) };
  writeWholeFile(join(stage, JOURNAL), JSON.stringify(journal));
  try {
    for (const folder of journal.folders) mkdirSync(join(root, folder));
    for (const [index, { path }] of changes.entries())
      renameSync(join(stage, String(index)), join(root, path));
  } catch (error) {
    undoUnfinished(root);
    throw new CliError(
      EXIT.FAILED,
      `the files cannot be written: ${(error as Error).message}`,
      "what was written is undone; mend that, and run this again",
    );
  }
  rmSync(join(stage, JOURNAL));
  rmSync(stage, { recursive: true });
}

/**
 * Undoes what a killed run has written of its files. One that somebody has changed since stays as it is.
 *
 * @returns paths of what was undone.
 */
export function undoUnfinished(root: string): readonly string[] {
  const stage = join(makeOwnFolder(root), STAGE);
  if (!existsSync(join(stage, JOURNAL))) return [];
  const { changes, folders } = readJournal(root, join(stage, JOURNAL));
  for (const path of [...changes.map((change) => change.path), ...folders]) checkInside(root, path);
  const written = changes.filter(({ path, after }) => readSource(root, path) === after);
  for (const { path, before } of written) {
    if (before === undefined) rmSync(join(root, path));
    else writeWholeFile(join(root, path), before, stage);
  }
  for (const folder of [...folders].reverse()) {
    const path = join(root, folder);
    if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path);
  }
  rmSync(join(stage, JOURNAL));
  rmSync(stage, { recursive: true });
  return written.map(({ path }) => path);
}

function readJournal(root: string, file: string): Journal {
  try {
    return checkJournal(readJson(file, { bytes: LARGEST, within: root }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.USAGE,
      `${file} cannot be read: ${error.message}`,
      "remove it, and look at: git status",
    );
  }
}

/** @throws CliError when a path leads out of the project, in words or by a link. */
function checkInside(root: string, path: string): void {
  try {
    realInside(root, path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(EXIT.USAGE, `${path} is not written: ${error.message}`, "nothing was written");
  }
}

/** Folders that are not there yet, the highest first. */
function missingFolders(root: string, changes: readonly FileChange[]): readonly string[] {
  const above = (path: string): readonly string[] =>
    dirname(path) === "." ? [] : [...above(dirname(path)), dirname(path)];
  const all = new Set(changes.flatMap(({ path }) => above(path)));
  return [...all].filter((folder) => !existsSync(join(root, folder))).sort();
}
