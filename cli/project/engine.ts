import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { readJson } from "../input/json";
import { LARGEST, readConfig } from "./config";
import { cdktfVersion, type Project } from "./project";

/** The libraries that synthesize a CDKTF app, with their command lines. cdktn goes on with cdktf. */
const ENGINES = ["cdktn", "cdktf"] as const;

/** What synthesizes a project, and generates its bindings. */
export interface Engine {
  readonly name: (typeof ENGINES)[number];

  /** Version of the library that is installed as a package of Node; none in another language. */
  readonly library: string | undefined;

  /** The command line; undefined when it is neither installed in the project nor on PATH. */
  readonly cli: EngineCli | undefined;
}

/** The command line of an engine. */
export interface EngineCli {
  /** Its script for Node. */
  readonly script: string;

  /** @default - unknown */
  readonly version: string | undefined;

  /** Whether it was found on PATH, and not in the project. */
  readonly global: boolean;
}

/** What a project's bindings are generated from: those that are not packages. */
export function generatesBindings(project: Project): boolean {
  const { terraformProviders, terraformModules } = readConfig(project.root);
  return [terraformProviders, terraformModules].some((asked) => Array.isArray(asked) && asked.length > 0);
}

/** The engine of a project: the one of which something is installed, cdktf before there is anything. */
export function engineOf({ root }: Pick<Project, "root">): Engine {
  const all = ENGINES.map((name) => {
    const library = packageOf(root, name)?.version;
    const own = cliIn(root, name);
    return { name, library, own, cli: own ?? cliOnPath(name) };
  });
  const found =
    all.find(({ library, own }) => library !== undefined || own) ?? all.find(({ cli }) => cli) ?? all.at(-1);
  const { name, library, cli } = found as (typeof all)[number];
  return { name, library, cli };
}

/** Version of the command line where nothing says one. */
const VERSION = "0.21.0";

/** What installs the command line of an engine, in the version of its library or of the last synth. */
export function installCommand(project: Pick<Project, "root" | "output">, { name, library }: Engine): string {
  const wanted = `${name}-cli@${library ?? synthesizedBy(project) ?? VERSION}`;
  return existsSync(join(project.root, "package.json"))
    ? `npm install --save-dev ${wanted}`
    : `npm install --global ${wanted}`;
}

/** The version in the manifest; undefined before a synth. */
function synthesizedBy({ output }: Pick<Project, "output">): string | undefined {
  const version = existsSync(join(output, "manifest.json")) ? cdktfVersion({ output }) : "";
  return /^\d+\.\d+\.\d+$/.test(version) && version !== "0.0.0" ? version : undefined;
}

function cliIn(root: string, name: string): EngineCli | undefined {
  const found = packageOf(root, `${name}-cli`);
  return found && scriptOf(found.folder, name, false);
}

/** npm links a global command to a file of its package. */
function cliOnPath(name: string): EngineCli | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const command = join(folder, name);
    if (folder === "" || !existsSync(command)) continue;
    const script = scriptOf(dirname(dirname(realpathSync(command))), name, true);
    const above = script ?? scriptOf(dirname(dirname(dirname(realpathSync(command)))), name, true);
    if (above) return above;
  }
  return undefined;
}

function scriptOf(folder: string, name: string, global: boolean): EngineCli | undefined {
  const script = join(folder, "bundle", "bin", `${name}.js`);
  if (!existsSync(script)) return undefined;
  return { script, version: versionIn(folder), global };
}

function packageOf(
  root: string,
  name: string,
): { readonly folder: string; readonly version: string } | undefined {
  for (const place of createRequire(join(root, "cdktf.json")).resolve.paths(name) ?? []) {
    const folder = join(place, name);
    const version = versionIn(folder);
    // Without it: not in this folder. Node looks into the next one above.
    if (version !== undefined) return { folder, version };
  }
  return undefined;
}

function versionIn(folder: string): string | undefined {
  try {
    const { version } = readJson(join(folder, "package.json"), { bytes: LARGEST }) as {
      version?: unknown;
    };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
