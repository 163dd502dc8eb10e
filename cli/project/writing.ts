import { accessSync, constants, existsSync, lstatSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { writeWholeFile } from "../process/whole-file";

/**
 * Makes a folder and those above it that are missing, the highest first. Node's own recursive `mkdir` never comes to
 * an end in a file system that refuses new folders by "not found", as `/proc` does.
 *
 * @param instead - what to write instead, e.g. `name another one with --result`.
 * @throws CliError that says which folder above it cannot be written to.
 */
export function makeFolder(path: string, instead: string): void {
  const above = checkFolderAbove(path, instead);
  for (const folder of missing(path)) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process was faster.
      if (codeOf(error) === "EEXIST" && statSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue;
      throw cannot(`the folder ${path} cannot be made`, `${above} takes no new folders`, instead, error);
    }
  }
}

/**
 * The nearest folder above a path that is there.
 *
 * @throws CliError when it cannot be written to, or is none.
 */
export function checkFolderAbove(path: string, instead: string): string {
  const above = nearest(dirname(resolve(path)));
  const what = `the folder ${path} cannot be made`;
  if (!statSync(above).isDirectory()) throw cannot(what, `${above} is not a folder`, instead);
  try {
    accessSync(above, constants.W_OK);
  } catch (error) {
    throw cannot(what, `${above} cannot be written to`, instead, error);
  }
  return above;
}

/**
 * Writes a file that the user has named: whole, or not at all when the run is interrupted. What is no plain file, as a pipe,
 * a device or a link, is written into.
 *
 * @throws CliError that says which folder is missing, or why it cannot be written.
 */
export function writeNamed(file: string, text: string, option: string): void {
  const folder = dirname(resolve(file));
  const what = `${file} cannot be written`;
  if (!existsSync(folder)) {
    const instead = `make it first, or name a file in ${nearest(folder)} with ${option}`;
    throw cannot(what, `there is no folder ${folder}`, instead);
  }
  try {
    const before = lstatSync(file, { throwIfNoEntry: false });
    if (before && (!before.isFile() || !isWritable(folder))) writeFileSync(file, text);
    else writeWholeFile(file, text, folder, before?.mode);
  } catch (error) {
    const why = codeOf(error) === "EISDIR" ? "it is a folder" : "it is refused";
    throw cannot(what, why, `name another file with ${option}`, error);
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folders of a path that are not there, the highest first. */
function missing(path: string): readonly string[] {
  const folder = resolve(path);
  return existsSync(folder) ? [] : [...missing(dirname(folder)), folder];
}

/** The path, or the nearest above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

function cannot(what: string, why: string, instead: string, error?: unknown): CliError {
  const code = error === undefined ? "" : ` (${codeOf(error)})`;
  return new CliError(EXIT.USAGE, what, `${why}${code}`, instead);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
