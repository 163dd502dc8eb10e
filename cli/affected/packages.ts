import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { readInputFile } from "../input/file";
import { stopGroup } from "../process/interrupts";
import { plain, type RunProps, run } from "../process/run";

/** Lockfiles, and what installs exactly what is in them. */
const INSTALLS: Readonly<Record<string, string>> = {
  "package-lock.json": "npm ci --no-audit --no-fund",
  "npm-shrinkwrap.json": "npm ci --no-audit --no-fund",
  "yarn.lock": "yarn install --frozen-lockfile",
  "pnpm-lock.yaml": "pnpm install --frozen-lockfile",
  "bun.lock": "bun install --frozen-lockfile",
  "bun.lockb": "bun install --frozen-lockfile",
};

/** Two checkouts of one repository; the head is the one in which the user works. */
export interface Checkouts {
  readonly head: string;
  readonly base: string;

  /** Folder of the project in both. */
  readonly prefix: string;
}

/**
 * Gives the base the packages of its own lockfile: those of the head when the two lockfiles are the same,
 * else freshly installed ones.
 *
 * @throws CliError when they cannot be installed.
 */
export async function installPackages(checkouts: Checkouts): Promise<"none" | "reused" | "installed"> {
  const found = lockfile(checkouts);
  if (!found) return "none";
  const { folder, name } = found;
  // Of several lockfiles nobody knows which one the head was installed by.
  const same = Object.keys(INSTALLS).every(
    (lock) => read(join(checkouts.head, folder, lock)) === read(join(checkouts.base, folder, lock)),
  );
  if (same && existsSync(join(checkouts.head, folder, "node_modules"))) {
    for (const place of packageFolders(checkouts.base, folder)) linkPackages(checkouts, place);
    return "reused";
  }
  const command = commandOf(name, join(checkouts.base, folder));
  await runInstall(command, join(checkouts.base, folder));
  return "installed";
}

/** Installs the base's packages. @throws CliError with the end of what was printed. */
export async function runInstall(
  command: string,
  folder: string,
  env: NonNullable<RunProps["env"]> = {},
): Promise<void> {
  const ended = await run("/bin/sh", ["-c", command], { cwd: folder, env, stop: stopGroup });
  if (ended.exitCode === 0) return;
  const said = plain(ended.all).trim().split("\n").slice(-5);
  throw new CliError(EXIT.FAILED, `the base's packages cannot be installed: ${command}`, ...said);
}

/** Yarn's own name for it has changed with its second version. */
function commandOf(name: string, folder: string): string {
  const isNewYarn = name === "yarn.lock" && existsSync(join(folder, ".yarnrc.yml"));
  return isNewYarn ? "yarn install --immutable" : (INSTALLS[name] ?? "");
}

/** The base's lockfile: in the project's folder, or the nearest one above it. */
function lockfile({ base, prefix }: Checkouts): { folder: string; name: string } | undefined {
  for (let folder = prefix; ; folder = dirname(folder)) {
    const name = Object.keys(INSTALLS).find((one) => existsSync(join(base, folder, one)));
    if (name !== undefined) return { folder, name };
    if (folder === "" || folder === ".") return undefined;
  }
}

/** A folder and those below it, as far as workspaces lie: each may have packages of its own. */
function packageFolders(base: string, folder: string, depth = 3): readonly string[] {
  const below = readdirSync(join(base, folder), { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules",
  );
  if (depth === 0) return [folder];
  return [folder, ...below.flatMap(({ name }) => packageFolders(base, join(folder, name), depth - 1))];
}

/**
 * Links each package of the head's `node_modules` into the base's. A link to a folder of the repository, as
 * workspaces have it, leads to that folder of the base: else the base would be built from the head's code.
 */
function linkPackages(checkouts: Checkouts, folder: string): void {
  const from = join(checkouts.head, folder, "node_modules");
  const to = join(checkouts.base, folder, "node_modules");
  if (existsSync(from) && !existsSync(to)) linkFolder(checkouts, from, to);
}

function linkFolder(checkouts: Checkouts, from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (lstatSync(source).isSymbolicLink()) symlinkSync(linkTarget(checkouts, source), target);
    else if (name.startsWith("@")) linkFolder(checkouts, source, target);
    else if (name !== ".cache") symlinkSync(source, target);
  }
}

function linkTarget({ head, base }: Checkouts, link: string): string {
  const target = resolve(dirname(link), readlinkSync(link));
  const below = relative(head, target);
  const own = !below.startsWith("..") && !below.split("/").includes("node_modules");
  return own ? join(base, below) : existsSync(target) ? realpathSync(target) : target;
}

/** Largest lockfile that is read, in bytes. */
const LARGEST = 200_000_000;

function read(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  // A lockfile of bun may be binary.
  return readInputFile(file, { bytes: LARGEST }, "take the lockfile back from git").toString("latin1");
}
