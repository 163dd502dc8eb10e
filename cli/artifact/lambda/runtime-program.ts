import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { run } from "../../process/run";
import type { FunctionSettings } from "../function-settings";

/** The Node or Python that a check runs a function in. */
export interface RuntimeProgram {
  readonly path: string;

  /** Its version, e.g. `22.14.0`. */
  readonly version: string;

  /** Whether it is that of the function's runtime; another one is only taken when it is named. */
  readonly isSame: boolean;
}

/** Where version managers keep their programs, below the home folder; `*` stands for a version. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  node: [
    ".nvm/versions/node/v*/bin/node",
    ".local/share/fnm/node-versions/v*/installation/bin/node",
    ".volta/tools/image/node/*/bin/node",
    ".local/share/mise/installs/node/*/bin/node",
    ".asdf/installs/nodejs/*/bin/node",
  ],
  python: [
    ".pyenv/versions/*/bin/python",
    ".local/share/mise/installs/python/*/bin/python",
    ".asdf/installs/python/*/bin/python",
  ],
};

/**
 * Finds the Node or Python of a function's runtime: the one that is named, this one, one on the `PATH`, or one of a
 * version manager.
 *
 * @throws CliError that says how to get it.
 */
export async function runtimeProgram(
  { language, runtime }: Pick<FunctionSettings, "language" | "runtime">,
  named: string | undefined,
): Promise<RuntimeProgram> {
  const wanted = /[\d.]*\d/.exec(runtime)?.[0] ?? "";
  const isSame = (version: string) => version === wanted || version.startsWith(`${wanted}.`);
  if (named !== undefined) {
    const version = await versionOf(named);
    if (version !== undefined) return { path: named, version, isSame: isSame(version) };
    throw new CliError(
      EXIT.USAGE,
      `--with ${JSON.stringify(named)} is not a program that says its version`,
      `name the ${language} that is to run it`,
    );
  }
  if (language === "node" && isSame(process.versions.node))
    return { path: process.execPath, version: process.versions.node, isSame: true };
  for (const path of candidates(language, wanted)) {
    const version = await versionOf(path);
    if (version !== undefined && isSame(version)) return { path, version, isSame: true };
  }
  const get =
    language === "node"
      ? `npx --yes --package node@${wanted} -- node --print process.execPath`
      : `uv python install ${wanted}, and uv python find ${wanted}`;
  throw new CliError(
    EXIT.MISSING,
    `a function on ${runtime} runs in ${language === "node" ? "Node" : "Python"} ${wanted}, which is not on this machine`,
    `this prints the path of one: ${get}`,
    "name it, or another version knowingly: --with <program>",
  );
}

function candidates(language: string, wanted: string): readonly string[] {
  const names =
    language === "node" ? ["node", `node${wanted}`, `node-${wanted}`] : [`python${wanted}`, "python3"];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const kept = (KEPT[language] ?? []).flatMap((pattern) => {
    const [before = "", after = ""] = pattern.split(/v?\*/);
    const folder = join(homedir(), before);
    if (!existsSync(folder)) return [];
    const versions = readdirSync(folder).filter((name) => name.replace(/^v/, "").startsWith(wanted));
    return versions
      .sort()
      .reverse()
      .map((name) => join(folder, name, after));
  });
  return [...onPath, ...kept].filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The version that a program says it has; undefined when it says none. */
async function versionOf(path: string): Promise<string | undefined> {
  const ended = await run(path, ["--version"], { cwd: process.cwd() }).catch((error: unknown) => {
    if (error instanceof CliError && error.exitCode === EXIT.MISSING) return undefined;
    throw error;
  });
  return ended && ended.exitCode === 0 ? /\d+\.\d+\.\d+/.exec(ended.all)?.[0] : undefined;
}
