import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
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

const CHUNK = 1_048_576;

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
  // Asked first: to open some devices is to use them.
  if (!statOf(file).isFile()) throw new InputError(`it is ${kindOf(statOf(file))}, and no file`);
  const descriptor = open(file, within === undefined ? 0 : constants.O_NOFOLLOW);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new InputError(`it is ${kindOf(stat)}, and no file`);
    if (stat.size > bytes) throw tooLarge(`${stat.size}`, bytes);
    return readAll(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads the standard input to its end. @throws InputError when it has more bytes. */
export function readStandardInput(bytes: number): Buffer {
  return readAll(0, bytes);
}

/** A file may grow while it is read, and some files say that they are empty. */
function readAll(descriptor: number, bytes: number): Buffer {
  const chunks: Buffer[] = [];
  for (let length = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = readSome(descriptor, chunk);
    if (read === 0) return Buffer.concat(chunks);
    length += read;
    if (length > bytes) throw tooLarge(`more than ${bytes}`, bytes);
    chunks.push(chunk.subarray(0, read));
  }
}

/** Bytes that were read; 0 at the end. */
function readSome(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk, 0, chunk.length, null);
    } catch (error) {
      if (codeOf(error) === "EOF") return 0;
      // A pipe into which nothing is written yet.
      if (codeOf(error) !== "EAGAIN") throw failure(error);
      Atomics.wait(PAUSE, 0, 0, 10);
    }
  }
}

/** Nobody wakes who waits for it. */
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

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

function open(file: string, flags: number): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  } catch (error) {
    throw failure(error);
  }
}

function statOf(file: string) {
  try {
    return statSync(file);
  } catch (error) {
    throw failure(error);
  }
}

function kindOf(stat: ReturnType<typeof statOf>): string {
  if (stat.isDirectory()) return "a folder";
  if (stat.isFIFO()) return "a named pipe";
  return stat.isSocket() ? "a socket" : "a device";
}

function failure(error: unknown): InputError {
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return new InputError("it is not there", true);
  return new InputError(error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function tooLarge(found: string, most: number): InputError {
  return new InputError(`it has ${found} bytes, and ${most} at most are read`);
}
