import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { privately, privatePlace } from "./files/private";
import { LocalError } from "./options";
import { markOf } from "./process/process-file";
import { WORKSPACE } from "./workspace";

/** A Python environment that holds what a requirements file names. */
export interface Environment {
  /** Path of its interpreter. */
  readonly python: string;

  /** Whether it was made just now. */
  readonly installed: boolean;

  /** Seconds that took; 0 when it was there. */
  readonly seconds: number;
}

/** Properties of {@link install}. */
export interface InstallOptions {
  /**
   * The requirements file.
   *
   * @default - the emulators'
   */
  readonly requirements?: string;

  /** Begins the folder's name in the cache. @default "emulators" */
  readonly name?: string;

  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Folder in which built and installed tools are kept, outside any checkout. */
export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "groundplan");
}

/** The emulators' requirements file, beside this workspace's sources. */
export const REQUIREMENTS = join(WORKSPACE, "requirements.txt");

/**
 * Makes the virtual environment of a requirements file, or finds the one that is there.
 *
 * It is built under another name and renamed when it is whole: an install that was interrupted is never
 * used, and of two at once one wins and both go on with it.
 *
 * @throws LocalError without Python 3.10 or newer, or when a package cannot be installed.
 */
export async function install(options: InstallOptions = {}): Promise<Environment> {
  const { requirements = REQUIREMENTS, name = "emulators", onProgress, signal } = options;
  const system = await findPython();
  const key = createHash("sha256")
    .update(readFileSync(requirements))
    .update(system.version)
    .digest("hex")
    .slice(0, 16);
  const folder = join(cacheDirectory(), `${name}-${key}`);
  const python = join(folder, "bin", "python");
  if (existsSync(python)) return { python, installed: false, seconds: 0 };

  const started = Date.now();
  onProgress?.(`installing ${name} (Python packages, once)`);
  const building = `${folder}.${process.pid}`;
  privatePlace(cacheDirectory());
  clearAbandoned(folder);
  try {
    const own = join(building, "bin", "python");
    const { python: interpreter } = system;
    const shared = await hasSharedPip(interpreter);
    // Copies of the interpreter would not survive the rename; links and -m do.
    const venv = ["-m", "venv", "--symlinks", ...(shared ? ["--without-pip"] : []), building];
    await run(interpreter, venv, signal);
    const pip = [
      "-m",
      "pip",
      ...(shared ? ["--python", own] : []),
      "install",
      "--quiet",
      "--disable-pip-version-check",
      // Nothing but the very files that were pinned, and no package that runs code of its own to be built.
      "--require-hashes",
      "--only-binary=:all:",
      "--requirement",
      requirements,
    ];
    await run(shared ? interpreter : own, pip, signal);
    try {
      renameSync(building, folder);
    } catch (error) {
      if (!existsSync(python)) throw error;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LocalError(
      "missing",
      `cannot install the Python packages of ${requirements}\n  ${reason}\n  ${adviceFor(reason)}`,
    );
  } finally {
    rmSync(building, { recursive: true, force: true, maxRetries: 5 });
  }
  return { python, installed: true, seconds: (Date.now() - started) / 1000 };
}

/** pip says of a file that it does not match, or of a line that it has no hash. */
function adviceFor(reason: string): string {
  return /hash/i.test(reason) && !/connection|resolve|timed? ?out/i.test(reason)
    ? "a package is not the one that was pinned: do not install it by hand; see what changed at its index, then npm run requirements"
    : "check the connection to the Python package index, then run it again";
}

/** Runs a program, and ends it by a signal with all that it has started: what goes on would write into a folder that is gone. */
async function run(file: string, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const child = privately(() => execa(file, args, { detached: true }));
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  };
  signal?.addEventListener("abort", end);
  try {
    await child;
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

/** Removes what installs that were killed have left: their folder ends with the id of their process. */
function clearAbandoned(folder: string): void {
  for (const name of readdirSync(dirname(folder))) {
    const pid = name.startsWith(`${basename(folder)}.`)
      ? Number(name.slice(basename(folder).length + 1))
      : Number.NaN;
    if (Number.isInteger(pid) && markOf(pid) === undefined) {
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
    }
  }
}

/**
 * Whether the interpreter's own pip installs into other environments: from 22.3 on. Then an environment needs no pip of its
 * own, which takes 4 s of CPU time to unpack.
 *
 * @see https://pip.pypa.io/en/stable/topics/python-option/
 */
async function hasSharedPip(python: string): Promise<boolean> {
  const { stdout, exitCode } = await privately(() =>
    execa(python, ["-m", "pip", "--disable-pip-version-check", "--version"], { reject: false }),
  );
  const [, major = "0", minor = "0"] =
    /^pip (\d+)\.(\d+)/.exec(typeof stdout === "string" ? stdout : "") ?? [];
  return exitCode === 0 && Number(major) * 100 + Number(minor) >= 2203;
}

/** The first interpreter on PATH that is new enough. */
async function findPython(): Promise<{ python: string; version: string }> {
  const seen: string[] = [];
  for (const python of ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"]) {
    const { stdout, exitCode } = await privately(() =>
      execa(python, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], { reject: false }),
    );
    if (exitCode !== 0 || typeof stdout !== "string") continue;
    const [major = 0, minor = 0] = stdout.split(".").map(Number);
    if (major === 3 && minor >= 10) return { python, version: stdout };
    seen.push(`${python} is ${stdout}`);
  }
  const found = seen.length > 0 ? ` (${seen.join(", ")})` : "";
  throw new LocalError(
    "missing",
    `no Python 3.10 or newer on PATH${found}\n  install Python 3.11 with its venv module, e.g. the packages python3 and python3-venv`,
  );
}
