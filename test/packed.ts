import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, join, posix } from "node:path";
import { promisify } from "node:util";

const ROOT = join(__dirname, "..");
const execute = promisify(execFile);

/** Workspaces that are published. */
export const WORKSPACES = ["cli", "local", "modules"] as const;

/** What package.json of a published workspace says. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional: true }>>;
}

/** A workspace as npm packs it. */
export interface Packed {
  readonly name: string;

  /** Folder of the workspace. */
  readonly folder: string;
  readonly manifest: Manifest;

  /** Names of dependencies, and of those that the user brings. */
  readonly dependencies: readonly string[];

  /** Paths within the package. */
  readonly files: readonly string[];

  /** Path of the packed file. */
  readonly tarball: string;
}

/** Packs workspaces into a folder, of what is built: that alone is what `prepack` would do. */
export function pack(folder: string): readonly Packed[] {
  mkdirSync(folder, { recursive: true });
  const workspaces = WORKSPACES.flatMap((name) => ["--workspace", name]);
  const text = execFileSync(
    "npm",
    ["pack", ...workspaces, "--pack-destination", folder, "--json", "--ignore-scripts"],
    { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  // An array, or an object by name: it depends on npm's version.
  const all = Object.values(
    JSON.parse(text) as Record<
      string,
      {
        readonly name: string;
        readonly filename: string;
        readonly files: readonly { readonly path: string }[];
      }
    >,
  );
  return WORKSPACES.map((workspace) => {
    const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, workspace, "package.json"), "utf8"));
    const { name, dependencies, peerDependencies } = manifest;
    const one = all.find((packed) => packed.name === name);
    if (!one) throw new Error(`npm has not packed ${name}`);
    return {
      name,
      folder: join(ROOT, workspace),
      manifest,
      dependencies: Object.keys({ ...dependencies, ...peerDependencies }),
      files: one.files.map(({ path }) => path),
      tarball: join(folder, one.filename),
    };
  });
}

/** The package that an import names, e.g. `@aws-sdk/client-s3`. */
const packageOf = (path: string): string => path.split("/", path.startsWith("@") ? 2 : 1).join("/");

/** What packed scripts import that an installation would not have. */
export function missing({
  folder,
  name,
  dependencies,
  files,
}: Pick<Packed, "folder" | "name" | "dependencies" | "files">): readonly string[] {
  const there = new Set(files);
  const faults = files
    .filter((file) => file.endsWith(".js"))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const imported = [...text.matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(([, path = ""]) => path);
      return imported
        .filter((path) => {
          if (!path.startsWith(".")) return !isBuiltin(path) && !dependencies.includes(packageOf(path));
          const target = posix.join(posix.dirname(file), path);
          return !["", ".js", "/index.js"].some((end) => there.has(`${target}${end}`));
        })
        .map((path) =>
          path.startsWith(".") ? `${name}/${file} -> ${path}` : `${name} -> ${packageOf(path)}`,
        );
    });
  return [...new Set(faults)].sort();
}

/**
 * Installs packages into an empty project, as files or by name; what they need has the versions of this repository's
 * lockfile, so that a release of somebody else changes no test.
 *
 * @param wanted - what npm is asked for, with its options.
 */
export async function install(
  packages: readonly Packed[],
  project: string,
  wanted: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const { packages: locked } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly link?: boolean }>>;
  };
  // What stands in a lockfile is installed, also what is optional.
  const optional = packages.flatMap(({ manifest }) => Object.keys(manifest.peerDependenciesMeta ?? {}));
  const entries = Object.entries(locked)
    .filter(([path, { link }]) => !link && !optional.some((name) => path.endsWith(`node_modules/${name}`)))
    .map(([path, entry]) => {
      const owner = packages.find(({ folder }) => path.startsWith(`${basename(folder)}/node_modules/`));
      return [path.replace(/^\w+\//, owner ? `node_modules/${owner.name}/` : "$&"), entry] as const;
    })
    .filter(([path]) => path.startsWith("node_modules/"));
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true }));
  writeFileSync(
    join(project, "package-lock.json"),
    JSON.stringify({ lockfileVersion: 3, packages: { "": {}, ...Object.fromEntries(entries) } }),
  );
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  await execute("npm", ["install", ...wanted, ...flags], { cwd: project, env });
}

/** What publint and attw find wrong with a packed file; empty when it is right. */
export async function findings(tarball: string): Promise<readonly string[]> {
  const tools = [
    ["publint", "publint", "run", "--strict", tarball],
    // Node.js 10 knows no `exports`.
    ["attw", "@arethetypeswrong/cli", tarball, "--profile", "node16", "--format", "ascii", "--no-color"],
  ] as const;
  const found = await Promise.all(
    tools.map(async ([bin, name, ...args]) => {
      const { bin: bins } = JSON.parse(
        readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8"),
      ) as { readonly bin: string | Readonly<Record<string, string>> };
      const program = join(ROOT, "node_modules", name, typeof bins === "string" ? bins : (bins[bin] ?? ""));
      try {
        await execute(process.execPath, [program, ...args], { cwd: ROOT });
        return [];
      } catch (error) {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        return [`${bin}: ${stdout}${stderr}`];
      }
    }),
  );
  return found.flat();
}
