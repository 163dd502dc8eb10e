import { realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { RefusedFile, readAtMost, readSmallBytes } from "@groundplan/local/read-file";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** Why something that somebody else may have written cannot be taken: whoever reads it adds where, and what to do. */
export class InputError extends Error {
  constructor(
    message: string,

    /** Whether there is nothing at all. */
    readonly isMissing = false,
  ) {
    super(message);
    this.name = "InputError";
  }
}

/** Properties of {@link readInput}. */
export interface InputLimits {
  /** Largest file that is read, in bytes. */
  readonly bytes: number;

  /** Folder that the file has to lie in, also by the links on the way to it. @default - anywhere */
  readonly within?: string;
}

/**
 * Reads a file as a user's: the error is ready to be shown.
 *
 * @param instead - what to do when it cannot be read.
 * @throws CliError that says which file cannot be read, and why.
 */
export function readInputFile(path: string, limits: InputLimits, instead: string): Buffer {
  try {
    return readInput(path, limits);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(EXIT.USAGE, `${path} cannot be read: ${error.message}`, instead);
  }
}

/**
 * Reads a file that somebody else may have written: a checkout, an artifact of another run, a download. Nothing is
 * waited for and nothing without an end is read: a pipe, a device, a socket and a folder are refused.
 *
 * @throws InputError that says why not.
 */
export function readInput(path: string, { bytes, within }: InputLimits): Buffer {
  const file = within === undefined ? path : realInside(within, resolve(path));
  try {
    return readSmallBytes(file, { bytes, followLinks: within === undefined });
  } catch (error) {
    throw failure(error, bytes);
  }
}

/** Reads the standard input to its end. @throws InputError when it has more bytes. */
export function readStandardInput(bytes: number): Buffer {
  try {
    return readAtMost(0, bytes, "the standard input");
  } catch (error) {
    throw failure(error, bytes);
  }
}

/**
 * Where a path leads that has to stay in a folder; what is not there yet counts by the nearest above it that is.
 *
 * @throws InputError when it leaves the folder, in words or by a link.
 */
export function realInside(folder: string, path: string): string {
  const file = resolve(folder, path);
  if (!isBelow(resolve(folder), file)) throw new InputError(`it lies outside of ${folder}`);
  const root = realOf(resolve(folder));
  const real = realOf(file);
  if (!isBelow(root, real)) throw new InputError(`a link leads out of ${folder}, to ${real}`);
  return real;
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (codeOf(error) === "ELOOP") throw new InputError("links go in a circle");
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw failure(error);
    return join(realOf(dirname(path)), path.slice(dirname(path).length));
  }
}

/** Whether an absolute path is a folder, or lies in it. No link is followed. */
export function isBelow(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== ".." && !below.startsWith(`..${sep}`) && resolve(folder, below) === path;
}

function failure(error: unknown, bytes = 0): InputError {
  if (error instanceof RefusedFile) {
    // Links are followed, or are behind it: this one leads to nothing.
    if (error.kind === "a link") return new InputError("it is not there", true);
    if (error.kind !== undefined) return new InputError(`it is ${error.kind}, and no file`);
    return new InputError(`it has ${error.size} bytes, and ${bytes} at most are read`);
  }
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return new InputError("it is not there", true);
  return new InputError(error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
