import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { page } from "../console/pages";
import { InputError } from "../input/file";
import { readJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import type { Project } from "../project/project";
import { type FunctionSettings, type Language, readFunctionSettings } from "./function-settings";

/** What a service becomes: the zip of a function, or a container image. */
export type ServiceKind = "lambda" | "image";

/** A service whose code becomes an artifact: a folder of `services/` with one of {@link MARKS}. */
export interface Service {
  /** An image where the folder has a `Dockerfile`. */
  readonly kind: ServiceKind;

  /** Name of the folder. */
  readonly name: string;
  readonly folder: string;

  /** How the code is built; of an image, what concerns its bundle counts. */
  readonly settings: FunctionSettings;

  /** The file that is bundled: `main` of its `package.json`, which an image may leave out, and Python and Go have none. */
  readonly entry: string | undefined;

  /** Files and folders that go into the zip as they are, by `groundplan.include` of its `package.json`. */
  readonly include: readonly string[];

  /** Whether a command has to name it, by `groundplan.byName` of its `package.json`: functions of the platform itself. */
  readonly byName?: boolean;
}

/**
 * What a service may be named: the name becomes a part of parameter, key and function names. `serviceNameFaults`
 * of the module `serverless` says the same.
 */
const NAME = /^(?=.{1,26}$)[a-z](?:-?[a-z0-9])*$/;

/** The file that makes a service an image. */
const DOCKERFILE = "Dockerfile";

/** Settings of a service that has no `package.json`: what `groundplan` of one would hold. */
const SETTINGS = "groundplan.json";

/** The files that make a folder a service, and what it is written in then; the first one counts. */
const MARKS: readonly (readonly [file: string, language: Language])[] = [
  ["go.mod", "go"],
  ["pyproject.toml", "python"],
  ["requirements.txt", "python"],
  ["package.json", "node"],
];

/** Every service of a project. @throws CliError with the first fault of one. */
export function servicesOf(project: Project): readonly Service[] {
  return namesOf(project).map((name) => readService(folderOf(project, name), name));
}

/** Names of the folders that are services, in their order. */
function namesOf(project: Project): readonly string[] {
  const folder = folderOf(project);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) =>
      [DOCKERFILE, ...MARKS.map(([file]) => file)].some((file) => existsSync(join(folder, name, file))),
    )
    .sort();
}

function folderOf({ root }: Project, ...name: readonly string[]): string {
  return join(root, "services", ...name);
}

/**
 * A service by its name, the only one, or the only function: an image beside it is always named, and a function that
 * says so of itself. Of a service that is named, a fault of another is no matter.
 *
 * @throws CliError when there is none of that name, or several and none is named.
 */
export function serviceNamed(project: Project, name: string | undefined): Service {
  const all = namesOf(project);
  if (name !== undefined && all.includes(name)) return readService(folderOf(project, name), name);
  const where = `at ${folderOf(project)}`;
  if (all.length === 0) {
    throw new CliError(EXIT.USAGE, "there is no service", where, `make one: ${page("serverless")}`);
  }
  const names = all.join(", ");
  if (name === undefined) {
    const services = servicesOf(project);
    const functions = services.filter(({ kind, byName }) => kind === "lambda" && !byName);
    const only = services.length === 1 ? services[0] : functions.length === 1 ? functions[0] : undefined;
    if (only) return only;
    throw new CliError(EXIT.USAGE, "which service?", `name one of ${names}`);
  }
  throw new CliError(EXIT.USAGE, `there is no service ${JSON.stringify(name)}`, where, `use one of ${names}`);
}

/** Largest `package.json` that is read, in bytes. */
const LARGEST = 1_000_000;

const checkPackage = schemaCheck<PackageContent>({
  type: "object",
  properties: { groundplan: { type: "object" } },
});

function readService(folder: string, name: string): Service {
  if (!NAME.test(name)) {
    throw new CliError(
      EXIT.USAGE,
      `service name ${JSON.stringify(name)} is not valid: 1 to 26 lower-case letters, digits and single hyphens, a letter first`,
      `at ${folder}`,
      "give the folder another name, e.g. order-intake",
    );
  }
  const kind = existsSync(join(folder, DOCKERFILE)) ? "image" : "lambda";
  const language = MARKS.find(([mark]) => existsSync(join(folder, mark)))?.[1] ?? "node";
  const file = join(folder, language === "node" ? "package.json" : SETTINGS);
  const fail = (what: string, instead: string) => new CliError(EXIT.USAGE, what, `at ${file}`, instead);
  const content = existsSync(file) ? readContent(file, folder, fail) : {};
  const groundplan = language === "node" ? (content.groundplan ?? {}) : content;
  const hasEntry =
    language === "node" && typeof content.main === "string" && existsSync(join(folder, content.main));
  if (language === "node" && !hasEntry && (kind === "lambda" || content.main !== undefined)) {
    throw fail(
      `service ${name} has no "main", or it names a file that is not there`,
      'write the file that exports the handler, e.g. "main": "src/index.ts"',
    );
  }
  const include = groundplan.include ?? [];
  if (!Array.isArray(include) || !include.every((one) => typeof one === "string")) {
    throw fail('"groundplan.include" is not a list of paths', 'use e.g. "include": ["templates"]');
  }
  const byName = groundplan.byName ?? false;
  if (typeof byName !== "boolean") throw fail('"groundplan.byName" is not true or false', "write true");
  const outside = include.filter((one) => one === "" || one.startsWith("/") || one.split("/").includes(".."));
  if (outside.length > 0) {
    throw fail(
      `"groundplan.include" leaves the service's folder: ${outside.join(", ")}`,
      "copy it into the folder",
    );
  }
  const entry = hasEntry ? join(folder, String(content.main)) : undefined;
  const settings = readFunctionSettings(language, groundplan, content.type);
  if ("what" in settings) throw fail(`service ${name}: ${settings.what}`, settings.instead);
  return { kind, name, folder, entry, include, byName, settings };
}

/** What is read of a `package.json`, or of the settings of a service without one. */
interface PackageContent extends Readonly<Record<string, unknown>> {
  readonly groundplan?: Readonly<Record<string, unknown>>;
}

function readContent(
  file: string,
  folder: string,
  fail: (what: string, instead: string) => CliError,
): PackageContent {
  try {
    return checkPackage(readJson(file, { bytes: LARGEST, within: folder }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw fail(`it cannot be read: ${error.message}`, "fix the file");
  }
}
