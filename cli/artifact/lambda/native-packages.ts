import { existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { page } from "../../console/pages";
import { InputError, readInputFile } from "../../input/file";
import { readJson } from "../../input/json";
import { schemaCheck } from "../../input/schema";
import { run } from "../../process/run";
import type { WorkFolder } from "../../process/work-folder";
import type { Project } from "../../project/project";
import type { InstalledPackage } from "../external";
import type { Architecture } from "../function-settings";
import type { Service } from "../service";
import type { Files } from "./zip";

/** A package of npm's lockfile. */
interface Locked extends Readonly<Record<string, unknown>> {
  readonly version?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

type Packages = Readonly<Record<string, Locked>>;

/** Largest lockfile, and largest file of a package, in bytes. */
const LARGEST_LOCKFILE = 100_000_000;
const LARGEST_FILE = 250_000_000;

const asLockfile = schemaCheck<{ readonly packages: Packages }>({
  type: "object",
  required: ["packages"],
  properties: { packages: { type: "object", additionalProperties: { type: "object" } } },
});

/** Processors in npm's words. */
const CPU: Readonly<Record<Architecture, string>> = { arm64: "arm64", x86_64: "x64" };

/**
 * The files of packages that cannot be in a bundle, with all that they need, as they are for Linux on the function's
 * processor: npm installs them by the versions and hashes of the project's lockfile, and runs none of their scripts.
 *
 * @throws CliError when the lockfile does not have them, or npm cannot install them.
 */
export async function nativePackages(
  { root }: Project,
  service: Service,
  packages: readonly InstalledPackage[],
  architecture: Architecture,
  work: WorkFolder,
): Promise<Files> {
  if (packages.length === 0) return {};
  const names = packages.map(({ name }) => name).join(", ");
  const lockfile = lockfileAbove(service.folder, root);
  if (lockfile === undefined) {
    throw new CliError(
      EXIT.USAGE,
      `service ${service.name} needs ${names}, which cannot be in a bundle, and there is no package-lock.json that says which version`,
      `at ${root}`,
      `make one: npm install --package-lock-only; or make the service an image, with a Dockerfile: ${page("delivery")}`,
    );
  }
  const folder = work.file("packages");
  const lock = reducedLock(readLock(lockfile), dirname(lockfile), packages, service);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify(lock.packages[""]));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
  const npmrc = join(dirname(lockfile), ".npmrc");
  if (existsSync(npmrc)) {
    const settings = readInputFile(npmrc, { bytes: 1_000_000 }, "make it smaller");
    writeFileSync(join(folder, ".npmrc"), settings, { mode: 0o600 });
  }
  const platform = ["--os=linux", `--cpu=${CPU[architecture]}`, "--libc=glibc"];
  const quiet = ["--no-audit", "--no-fund", "--no-bin-links", "--ignore-scripts", "--loglevel=error"];
  const ended = await run("npm", ["ci", ...platform, ...quiet], { cwd: folder });
  if (ended.exitCode !== 0) {
    const said = ended.all.split("\n").filter((line) => line.trim() !== "" && !/A complete log/.test(line));
    throw new CliError(
      EXIT.FAILED,
      `service ${service.name}: npm cannot install ${names} for Linux on ${architecture}`,
      ...said.slice(0, 10),
    );
  }
  return filesBelow(join(folder, "node_modules"), "node_modules");
}

function lockfileAbove(folder: string, root: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, "package-lock.json");
    if (existsSync(file)) return file;
    if (at === root || at === dirname(at)) return undefined;
  }
}

function readLock(file: string): Packages {
  try {
    return asLockfile(readJson(file, { bytes: LARGEST_LOCKFILE })).packages;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.USAGE,
      `${file} cannot be read: ${error.message}`,
      "write it anew with npm 7 or later: npm install --package-lock-only",
    );
  }
}

/** A lockfile of some packages and what they need, each where it lies in the larger one. */
function reducedLock(
  all: Packages,
  root: string,
  packages: readonly InstalledPackage[],
  { name }: Service,
): { readonly lockfileVersion: 3; readonly packages: Packages } {
  const kept = new Map<string, { readonly from: string; isOptional: boolean }>();
  const dependencies: Record<string, string> = {};
  const fail = (what: string, instead: string) =>
    new CliError(EXIT.USAGE, `service ${name}: ${what}`, `at ${join(root, "package-lock.json")}`, instead);
  const add = (path: string, isOptional: boolean): void => {
    const locked = all[path];
    if (!locked) return;
    if (locked.link) {
      throw fail(
        `${path} is a package of this repository, which cannot be installed from a registry`,
        "take it out of groundplan.external",
      );
    }
    const to = path.slice(path.indexOf("node_modules/"));
    const before = kept.get(to);
    if (before && before.from !== path) {
      throw fail(
        `${before.from} and ${path} are both needed beside the bundle, and there is one place for them`,
        `agree on one version: npm dedupe ${to.slice(to.lastIndexOf("node_modules/") + 13)}`,
      );
    }
    if (before && (isOptional || !before.isOptional)) return;
    kept.set(to, { from: path, isOptional });
    const needs = { ...locked.peerDependencies, ...locked.dependencies };
    const optional = locked.optionalDependencies ?? {};
    for (const one of Object.keys({ ...needs, ...optional })) {
      const found = resolved(all, path, one);
      if (found !== undefined) add(found, isOptional || Object.hasOwn(optional, one));
    }
  };
  for (const one of packages) {
    const path = relative(root, one.folder).split(sep).join(posix.sep);
    const version = all[path]?.version;
    if (version === undefined)
      throw fail(`${one.name} is installed, and the lockfile does not have it`, "write it: npm install");
    dependencies[one.name] = version;
    add(path, false);
  }
  const entries = [...kept].map(([to, { from, isOptional }]): [string, Locked] => {
    const { dev: _, devOptional: __, peer: ___, optional: ____, ...locked } = all[from] ?? {};
    return [to, isOptional ? { ...locked, optional: true } : locked];
  });
  const top = { name: "groundplan-external", version: "0.0.0", private: true, dependencies };
  return {
    lockfileVersion: 3,
    packages: { "": top, ...Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

/** Where a package finds another one, as Node does: from its own folder upward. */
function resolved(all: Packages, from: string, name: string): string | undefined {
  for (let at = from; ; ) {
    const path = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (Object.hasOwn(all, path)) return path;
    if (at === "") return undefined;
    const above = at.lastIndexOf("/node_modules/");
    at = above < 0 ? "" : at.slice(0, above);
  }
}

/** What npm has installed; its own notes are left out. */
function filesBelow(folder: string, path: string): Files {
  const files: Record<string, Uint8Array> = {};
  for (const name of readdirSync(folder)) {
    if (name === ".package-lock.json" || name === ".bin") continue;
    const file = join(folder, name);
    const within = `${path}/${name}`;
    const stat = lstatSync(file);
    if (stat.isDirectory()) Object.assign(files, filesBelow(file, within));
    else if (stat.isFile())
      files[within] = readInputFile(file, { bytes: LARGEST_FILE }, "take the package out of the service");
  }
  return files;
}
