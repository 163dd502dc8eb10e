import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from "node:fs";

/** Largest file that is read, in bytes, unless a caller says otherwise. */
const LARGEST = 16 * 2 ** 20;

/** Properties of {@link readSmallFile}. */
export interface ReadLimits {
  /** @default 16 MB */
  readonly bytes?: number;

  /** Whether it may be a link: where a user has named the file. @default false */
  readonly followLinks?: boolean;
}

/**
 * Reads a file that a checkout may have brought: nothing is waited for, and nothing without an end is read. A link, a
 * pipe, a device, a socket and a folder are refused.
 *
 * @throws Error that says why not; ENOENT as the system gives it.
 */
export function readSmallFile(
  path: string,
  { bytes = LARGEST, followLinks = false }: ReadLimits = {},
): string {
  // Looked at first: to open some devices is to use them.
  const seen = followLinks ? statSync(path) : lstatSync(path);
  if (!seen.isFile()) throw new Error(`${path} is not a plain file`);
  const flags = followLinks ? 0 : constants.O_NOFOLLOW;
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    if (!fstatSync(file).isFile()) throw new Error(`${path} is not a plain file`);
    return readAtMost(file, path, bytes).toString("utf8");
  } finally {
    closeSync(file);
  }
}

/** A file may grow while it is read. */
function readAtMost(file: number, path: string, bytes: number): Buffer {
  const chunks: Buffer[] = [];
  for (let length = 0; ; ) {
    const chunk = Buffer.allocUnsafe(65_536);
    const read = readSync(file, chunk, 0, chunk.length, null);
    if (read === 0) return Buffer.concat(chunks);
    length += read;
    if (length > bytes) throw new Error(`${path} has more than ${bytes} bytes`);
    chunks.push(chunk.subarray(0, read));
  }
}
