import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";

/** Largest file that is read, in bytes, unless a caller says otherwise. */
const LARGEST = 16 * 2 ** 20;

/** Bytes that are read at a time. */
const CHUNK = 65_536;

/** Properties of {@link readSmallFile}. */
export interface ReadLimits {
  /** @default 16 MB */
  readonly bytes?: number;

  /** Whether it may be a link: where a user has named the file. @default false */
  readonly followLinks?: boolean;
}

/** A file is not read for what it is. */
export class RefusedFile extends Error {
  /**
   * @param message - with the file's name.
   * @param kind - what it is in place of a plain file, e.g. `a named pipe`; undefined when it is one.
   * @param size - how many bytes it has, when it has too many: `200`, or `more than 100`.
   */
  constructor(
    message: string,
    readonly kind: string | undefined,
    readonly size?: string,
  ) {
    super(message);
    this.name = "RefusedFile";
  }
}

/** {@link readSmallBytes} as text. */
export function readSmallFile(path: string, limits: ReadLimits = {}): string {
  return readSmallBytes(path, limits).toString("utf8");
}

/**
 * Reads a file that somebody else may have written: a checkout, a download. Nothing is waited for, and nothing without an
 * end is read. A link, a pipe, a device, a socket and a folder are refused.
 *
 * @throws RefusedFile that says why not; other errors as the system gives them.
 */
export function readSmallBytes(
  path: string,
  { bytes = LARGEST, followLinks = false }: ReadLimits = {},
): Buffer {
  // Looked at first: to open some devices is to use them.
  refuseOthers(path, followLinks ? statSync(path) : lstatSync(path));
  const flags = followLinks ? 0 : constants.O_NOFOLLOW;
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    const stat = fstatSync(file);
    refuseOthers(path, stat);
    if (stat.size > bytes) throw tooLarge(path, bytes, `${stat.size}`);
    return readAtMost(file, bytes, path);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads what is open to its end: a file may grow meanwhile, and some say that they are empty.
 *
 * @param name - what it is called in the error.
 * @throws RefusedFile when it has more bytes.
 */
export function readAtMost(descriptor: number, bytes: number, name: string): Buffer {
  const chunks: Buffer[] = [];
  for (let length = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = readSome(descriptor, chunk);
    if (read === 0) return Buffer.concat(chunks);
    length += read;
    if (length > bytes) throw tooLarge(name, bytes, `more than ${bytes}`);
    chunks.push(chunk.subarray(0, read));
  }
}

/** Bytes that were read; 0 at the end. */
function readSome(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk, 0, chunk.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      // A pipe into which nothing is written yet.
      if (code !== "EAGAIN") throw error;
      Atomics.wait(PAUSE, 0, 0, 10);
    }
  }
}

/** Nobody wakes who waits for it. */
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

function refuseOthers(path: string, stat: Stats): void {
  if (!stat.isFile()) throw new RefusedFile(`${path} is not a plain file`, kindOf(stat));
}

function kindOf(stat: Stats): string {
  if (stat.isDirectory()) return "a folder";
  if (stat.isSymbolicLink()) return "a link";
  if (stat.isFIFO()) return "a named pipe";
  return stat.isSocket() ? "a socket" : "a device";
}

function tooLarge(name: string, bytes: number, size: string): RefusedFile {
  return new RefusedFile(`${name} has more than ${bytes} bytes`, undefined, size);
}
