import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type Message, type Metafile } from "esbuild";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Service } from "./service";

/** A bundled service. */
export interface Bundle {
  readonly code: Uint8Array;

  /** The packages that are in it, by name and version. */
  readonly packages: readonly BundledPackage[];
}

/** A package of npm that a bundle has parts of. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
}

/**
 * Bundles a service into one file that is the same bytes wherever and whenever it is made from the same source and
 * lockfile.
 *
 * @param target - the oldest Node that runs it, in esbuild's words.
 * @throws CliError with what esbuild says of the source.
 */
export async function bundle(service: Service, target: string): Promise<Bundle> {
  const { name, folder, entry } = service;
  if (entry === undefined) throw new TypeError(`service ${name} has nothing to bundle`);
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      absWorkingDir: folder,
      outfile: "index.js",
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      format: "cjs",
      target,
      // Comments with the paths of modules would differ from one layout of node_modules to another.
      minifyWhitespace: true,
      minifySyntax: true,
      keepNames: true,
      legalComments: "none",
      charset: "utf8",
      // No file outside the service's own has a say.
      tsconfigRaw: { compilerOptions: { target: "es2022" } },
      logLevel: "silent",
    });
    const [output] = outputFiles;
    if (output) return { code: output.contents, packages: packagesOf(metafile, folder) };
    throw new Error("esbuild made no file");
  } catch (error) {
    const errors = (error as { errors?: readonly Message[] }).errors ?? [];
    if (errors.length === 0) throw error;
    throw new CliError(EXIT.FAILED, `service ${name} does not build`, ...errors.map(described));
  }
}

function described({ text, location }: Message): string {
  return location ? `${location.file}:${location.line}:${location.column + 1} ${text}` : text;
}

/** The packages whose files went in, in the order of their names. */
function packagesOf({ inputs }: Metafile, folder: string): readonly BundledPackage[] {
  const folders = Object.keys(inputs).flatMap(
    (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path.replaceAll("\\", "/")) ?? [],
  );
  const packages = [...new Set(folders)].map((path) => {
    const text = readFileSync(join(folder, path, "package.json"), "utf8");
    const { name, version, license } = JSON.parse(text) as Partial<Record<string, unknown>>;
    return {
      name: typeof name === "string" ? name : dirname(path),
      version: typeof version === "string" ? version : "0.0.0",
      license: typeof license === "string" ? license : undefined,
    };
  });
  const byName = (one: BundledPackage) => `${one.name}@${one.version}`;
  return packages.sort((a, b) => (byName(a) < byName(b) ? -1 : 1));
}
