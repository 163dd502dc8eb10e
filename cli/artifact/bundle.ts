import { readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { build, type Message, type Metafile } from "esbuild";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { externalPackages, type InstalledPackage } from "./external";
import { type FunctionSettings, nodeTarget } from "./function-settings";
import type { Service } from "./service";

/** A bundled service. */
export interface Bundle {
  /** The bundle: `index.js`, or `index.mjs` of ES modules. */
  readonly file: string;
  readonly code: Uint8Array;

  /** Its source map `<file>.map`, where one is asked for. */
  readonly sourceMap: Uint8Array | undefined;

  /** The packages that are in it, by name and version. */
  readonly packages: readonly BundledPackage[];

  /** The packages that it imports and that are not in it: those with native code, and those that the service names. */
  readonly external: readonly InstalledPackage[];

  /** The service's own files that are in it. */
  readonly sources: readonly string[];

  /** The names that it exports; undefined of a source in CommonJS, whose exports are known when it runs. */
  readonly exported: readonly string[] | undefined;
}

/** A package of npm that a bundle has parts of. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
}

type Format = "esm" | "cjs";

/** What is built of a service. */
type Entry = Service & { readonly entry: string };

/** A module of ES has neither of these, and packages that are bundled into it may use them. */
const ESM = {
  define: { __dirname: "import.meta.dirname", __filename: "import.meta.filename" },
  banner: {
    js: 'import{createRequire as __groundplanRequire}from"node:module";const require=__groundplanRequire(import.meta.url);',
  },
};

/**
 * Bundles a service into one file that is the same bytes wherever and whenever it is made from the same source and
 * lockfile.
 *
 * Its modules are what `type` of `package.json` says, and the ending of the file before that. Where neither says
 * anything, it is CommonJS, and ES modules for what only those have, as Node itself decides.
 *
 * @param target - the oldest Node that runs it, in esbuild's words; by default that of the function's runtime.
 * @throws CliError with what esbuild says of the source.
 */
export async function bundle(
  service: Service,
  target: string = nodeTarget(service.settings),
): Promise<Bundle> {
  const { name, entry, settings } = service;
  if (entry === undefined) throw new TypeError(`service ${name} has nothing to bundle`);
  const one = { ...service, entry };
  const said = formatOf(entry, settings);
  try {
    if (said !== undefined) return await bundleAs(one, target, said);
    const made = await bundleAs(one, target, "cjs").catch((error: unknown) => {
      if (messagesOf(error).some(needsModules)) return undefined;
      throw error;
    });
    return made ?? (await bundleAs(one, target, "esm"));
  } catch (error) {
    const messages = messagesOf(error);
    if (messages.length === 0) throw error;
    const esm = 'write "type": "module" in its package.json: then the bundle is an ES module';
    throw new CliError(
      EXIT.FAILED,
      `service ${name} does not build`,
      ...messages.map(described),
      ...(said === "cjs" && messages.some(needsModules) ? [esm] : []),
    );
  }
}

async function bundleAs(service: Entry, target: string, format: Format): Promise<Bundle> {
  const { folder, entry, settings } = service;
  const file = format === "esm" ? "index.mjs" : "index.js";
  const external = externalPackages(service.name, settings.external);
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: folder,
    outfile: file,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format,
    target,
    plugins: [external.plugin],
    // Comments with the paths of modules would differ from one layout of node_modules to another.
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: true,
    legalComments: "none",
    charset: "utf8",
    // No file outside the service's own has a say.
    tsconfigRaw: { compilerOptions: { target: "es2022" } },
    logLevel: "silent",
    ...(settings.sourceMap ? { sourcemap: "linked" as const, sourcesContent: false } : {}),
    ...(format === "esm" ? ESM : {}),
  });
  const asked = format === "cjs" ? result.warnings.filter(needsModules) : [];
  if (asked.length > 0) throw new NeedsModules(asked);
  const output = result.outputFiles.find(({ path }) => path.endsWith(file));
  if (!output) throw new Error("esbuild made no file");
  const sources = Object.keys(result.metafile.inputs).filter((path) => !isOfPackage(path));
  return {
    file,
    code: output.contents,
    sourceMap: result.outputFiles.find(({ path }) => path.endsWith(".map"))?.contents,
    packages: packagesOf(result.metafile, folder),
    external: external.found(),
    sources: sources.map((path) => join(folder, path)),
    exported: exportsOf(result.metafile, output.text),
  };
}

/** Source that is only right as an ES module, which esbuild merely warns of. */
class NeedsModules extends Error {
  constructor(readonly errors: readonly Message[]) {
    super("the source needs ES modules");
  }
}

/** What `type` of `package.json` or the ending of the file says; undefined where both leave it to the source. */
function formatOf(entry: string, { moduleType }: FunctionSettings): Format | undefined {
  const ending = extname(entry);
  if (ending === ".mts" || ending === ".mjs") return "esm";
  if (ending === ".cts" || ending === ".cjs") return "cjs";
  if (moduleType === undefined) return undefined;
  return moduleType === "module" ? "esm" : "cjs";
}

/** Whether esbuild tells of what only ES modules have: `await` outside of functions, and `import.meta`. */
function needsModules({ id, text }: Message): boolean {
  return id === "empty-import-meta" || /^Top-level await is currently not supported/.test(text);
}

function messagesOf(error: unknown): readonly Message[] {
  return (error as { errors?: readonly Message[] }).errors ?? [];
}

function described({ text, location }: Message): string {
  return location ? `${location.file}:${location.line}:${location.column + 1} ${text}` : text;
}

/** The names that a bundle exports; undefined of CommonJS, whose exports are known when it runs. */
function exportsOf({ inputs, outputs }: Metafile, code: string): readonly string[] | undefined {
  const [output] = Object.entries(outputs).filter(([path]) => !path.endsWith(".map"));
  const entry = output?.[1].entryPoint;
  if (entry !== undefined && inputs[entry]?.format === "cjs") return undefined;
  const listed = output?.[1].exports ?? [];
  if (listed.length > 0) return listed;
  // What esbuild writes at the end for Node, which reads the exports of CommonJS from it.
  const [, annotated = ""] =
    /0&&\(module\.exports=\{([^}]*)\}(?:,[^)]*)?\);?\s*(?:\/\/#.*\s*)?$/.exec(code) ?? [];
  return annotated.split(",").filter((one) => one !== "" && !one.startsWith("..."));
}

function isOfPackage(path: string): boolean {
  return /(?:^|[\\/])node_modules[\\/]/.test(path);
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
