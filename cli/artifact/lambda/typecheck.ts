import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { InputError } from "../../input/file";
import { readJson } from "../../input/json";
import { run } from "../../process/run";
import type { Service } from "../service";

/** Errors that are shown. */
const SHOWN = 20;

/** `await` outside of functions, and `import.meta`, in what TypeScript takes for CommonJS. */
const ONLY_IN_MODULES = /error TS(?:1309|1470|1343|1378):/;

/** Largest `package.json` that is read, in bytes. */
const LARGEST = 1_000_000;

/** What the types are checked by where a service has no `tsconfig.json`. */
const WITHOUT_CONFIG = ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"];

/** From TypeScript 6 on a `tsconfig.json` of a folder above is an error beside a file, and types of Node are asked for. */
const ALONE = ["--ignoreConfig", "--types", "*"];

/**
 * Checks the types of a service by the TypeScript that it uses, and its `tsconfig.json`: nothing is written. A service
 * in JavaScript has none.
 *
 * @param isModule - whether the bundle is an ES module: what those alone have is no error then, though TypeScript takes
 *   the source for CommonJS, since its `package.json` has no `type`.
 * @throws CliError with TypeScript's messages, or when it is not installed.
 */
export async function checkTypes(service: Service, isModule: Promise<boolean>): Promise<void> {
  const { name, folder, entry } = service;
  if (entry === undefined || !/\.[cm]?tsx?$/.test(entry)) return;
  const config = join(folder, "tsconfig.json");
  const { tsc, major } = compilerOf(service);
  const what = existsSync(config)
    ? // Of a part of a larger project, what only concerns its output.
      ["-p", config, "--composite", "false", "--incremental", "false"]
    : [...WITHOUT_CONFIG, ...(major >= 6 ? ALONE : []), entry];
  const ended = await run(process.execPath, [tsc, ...what, "--noEmit", "--pretty", "false"], { cwd: folder });
  if (ended.exitCode === 0) return;
  const lines = ended.all.split("\n").filter((line) => line.trim() !== "");
  const errors = lines.filter((line) => /error TS\d+/.test(line));
  const asModule = await isModule;
  const left = errors.filter((line) => !asModule || !ONLY_IN_MODULES.test(line));
  if (errors.length > 0 && left.length === 0) return;
  const shown = left.length > 0 ? left : lines;
  throw new CliError(
    EXIT.FAILED,
    `service ${name} has errors of types`,
    ...shown.slice(0, SHOWN),
    ...(shown.length > SHOWN ? [`and ${shown.length - SHOWN} more`] : []),
    "mend them; --no-typecheck builds without this check",
  );
}

/** The compiler that a service finds. @throws CliError when there is none. */
function compilerOf({ name, folder }: Service): { readonly tsc: string; readonly major: number } {
  try {
    const file = createRequire(join(folder, "package.json")).resolve("typescript/package.json");
    const { bin, version } = readJson(file, { bytes: LARGEST }) as {
      readonly bin?: { readonly tsc?: unknown };
      readonly version?: unknown;
    };
    if (typeof bin?.tsc === "string") {
      return { tsc: join(dirname(file), bin.tsc), major: Number.parseInt(String(version), 10) };
    }
  } catch (error) {
    if (!(error instanceof InputError) && (error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND")
      throw error;
  }
  throw new CliError(
    EXIT.MISSING,
    `service ${name} is in TypeScript, and TypeScript is not installed`,
    `at ${relative(process.cwd(), folder) || folder}`,
    "install it: npm install --save-dev typescript; or build without a check of types: --no-typecheck",
  );
}
