import { existsSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";
import { InputError } from "../input/file";
import { readJson } from "../input/json";

/** A package of npm on this machine. */
export interface InstalledPackage {
  readonly name: string;

  /** Its folder in a `node_modules`. */
  readonly folder: string;
}

/** Packages by which others find their native code: whoever needs one has some. */
const LOADERS = new Set([
  "@mapbox/node-pre-gyp",
  "bindings",
  "node-addon-api",
  "node-gyp-build",
  "node-gyp-build-optional-packages",
  "node-pre-gyp",
  "prebuild-install",
]);

/** The name of a package that holds what another one has for a platform, e.g. `@img/sharp-linux-arm64`. */
const FOR_A_PLATFORM = /(?:^|[-/])linux-(?:x64|arm64)(?:-|$)/;

/** Largest `package.json` that is read, in bytes. */
const LARGEST = 1_000_000;

/**
 * Leaves packages out of a bundle that cannot be in one: those with native code, and those that a service names.
 *
 * @param service - its name, for messages.
 */
export function externalPackages(
  service: string,
  named: readonly string[],
): { readonly plugin: Plugin; found(): readonly InstalledPackage[] } {
  const found = new Map<string, InstalledPackage>();
  const judged = new Map<string, boolean>();
  const isExternal = (one: InstalledPackage): boolean => {
    const known = judged.get(one.folder);
    if (known !== undefined) return known;
    const is = named.includes(one.name) || hasNativeCode(one.folder);
    judged.set(one.folder, is);
    return is;
  };
  const plugin: Plugin = {
    name: "groundplan-external",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(?:@[^/]+\/)?[a-zA-Z0-9~_-]/ }, ({ path, resolveDir }) => {
        const one = installedPackage(path, resolveDir);
        if (!one || !isExternal(one)) return undefined;
        found.set(one.name, one);
        return { path, external: true };
      });
      onLoad({ filter: /\.node$/ }, ({ path }) => {
        const [, name] = /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path) ?? [];
        const instead =
          name === undefined
            ? "name it in groundplan.include, and load it by createRequire() at run time"
            : `name its package in package.json of service ${service}: "groundplan": { "external": ["${name.replaceAll("\\", "/")}"] }`;
        return { errors: [{ text: `native code cannot be a part of a bundle: ${instead}` }] };
      });
    },
  };
  return { plugin, found: () => [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** The package of an import, found as Node finds it; undefined for what is none. */
function installedPackage(path: string, from: string): InstalledPackage | undefined {
  const name = path
    .split("/")
    .slice(0, path.startsWith("@") ? 2 : 1)
    .join("/");
  if (builtinModules.includes(name)) return undefined;
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return { name, folder: candidate };
    if (folder === dirname(folder)) return undefined;
  }
}

/** Whether a package has native code, by what its `package.json` says of how that is found. */
function hasNativeCode(folder: string): boolean {
  if (existsSync(join(folder, "binding.gyp"))) return true;
  let content: Partial<Record<string, unknown>>;
  try {
    content = readJson(join(folder, "package.json"), { bytes: LARGEST }) as typeof content;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
  const keysOf = (value: unknown) => (typeof value === "object" && value !== null ? Object.keys(value) : []);
  return (
    content.gypfile === true ||
    content.napi !== undefined ||
    content.binary !== undefined ||
    keysOf(content.dependencies).some((name) => LOADERS.has(name)) ||
    keysOf(content.optionalDependencies).some((name) => FOR_A_PLATFORM.test(name))
  );
}
