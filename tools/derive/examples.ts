import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DerivedFiles } from "./source";

/** What is read of a package.json. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [dependencies: string]: unknown;
}

/** Fields of a package.json that name packages with their ranges. */
const FIELDS = ["dependencies", "devDependencies", "peerDependencies"] as const;

/**
 * The package.json of each example with the ranges of this repository: of its own packages the version that they have
 * now, of the others what they ask of an app, or what this repository has itself. One with a lockfile is an app of its own,
 * whose packages are its own too.
 */
export function exampleManifests(root: string): DerivedFiles {
  const folder = join(root, "examples");
  if (!existsSync(folder)) return new Map();
  const ranges = rangesOf(root);
  const has = (name: string, file: string) => existsSync(join(folder, name, file));
  const names = readdirSync(folder).filter(
    (name) => has(name, "package.json") && !has(name, "package-lock.json"),
  );
  return new Map(
    names.map((name) => {
      const path = `examples/${name}/package.json`;
      const manifest = read(join(root, path));
      const changed = Object.fromEntries(
        FIELDS.filter((field) => field in manifest).map((field) => [
          field,
          withRanges(manifest[field] as Readonly<Record<string, string>>, ranges, path),
        ]),
      );
      return [path, `${JSON.stringify({ ...manifest, ...changed }, null, 2)}\n`];
    }),
  );
}

function withRanges(
  dependencies: Readonly<Record<string, string>>,
  ranges: ReadonlyMap<string, string>,
  path: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(dependencies).map((name) => {
      const range = ranges.get(name);
      if (range === undefined) {
        throw new Error(
          `${path} needs ${name}, which this repository has not\n  add it to package.json, or leave it out`,
        );
      }
      return [name, range];
    }),
  );
}

/** Ranges by package; what a later file says holds. */
function rangesOf(root: string): ReadonlyMap<string, string> {
  const own = ["modules", "cli", "local"].map((workspace) => read(join(root, workspace, "package.json")));
  const repository = read(join(root, "package.json"));
  return new Map([
    ...["devDependencies", "dependencies"].flatMap((field) => Object.entries(repository[field] ?? {})),
    ...own.flatMap(({ peerDependencies }) => Object.entries(peerDependencies ?? {})),
    ...own.map(({ name, version }) => [name, `^${version}`]),
  ] as readonly (readonly [string, string])[]);
}

function read(path: string): Manifest {
  return JSON.parse(readFileSync(path, "utf8"));
}
