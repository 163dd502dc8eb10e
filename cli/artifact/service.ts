import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { page } from "../console/pages";
import { InputError } from "../input/file";
import { readJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import type { Project } from "../project/project";

/** A service whose code becomes an artifact: a folder of `services/` with a `package.json`. */
export interface Service {
  /** Name of the folder. */
  readonly name: string;
  readonly folder: string;

  /** The file that is bundled: `main` of its `package.json`. */
  readonly entry: string;

  /** Files and folders that go into the zip as they are, by `groundplan.include` of its `package.json`. */
  readonly include: readonly string[];
}

/**
 * What a service may be named: the name becomes a part of parameter, key and function names. `serviceNameFaults`
 * of the module `serverless` says the same.
 */
const NAME = /^(?=.{1,26}$)[a-z](?:-?[a-z0-9])*$/;

/** Every service of a project. */
export function servicesOf({ root }: Project): readonly Service[] {
  const folder = join(root, "services");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "package.json")))
    .sort()
    .map((name) => readService(join(folder, name), name));
}

/**
 * A service by its name, or the only one.
 *
 * @throws CliError when there is none of that name, or several and none is named.
 */
export function serviceNamed(project: Project, name: string | undefined): Service {
  const all = servicesOf(project);
  const names = all.map((service) => service.name).join(", ");
  const found =
    name === undefined && all.length === 1 ? all[0] : all.find((service) => service.name === name);
  if (found) return found;
  const where = `at ${join(project.root, "services")}`;
  if (all.length === 0) {
    throw new CliError(EXIT.USAGE, "there is no service", where, `make one: ${page("serverless")}`);
  }
  if (name === undefined) throw new CliError(EXIT.USAGE, "which service?", `name one of ${names}`);
  throw new CliError(EXIT.USAGE, `there is no service ${JSON.stringify(name)}`, where, `use one of ${names}`);
}

/** Largest `package.json` that is read, in bytes. */
const LARGEST = 1_000_000;

const checkPackage = schemaCheck<object>({
  type: "object",
  properties: { groundplan: { type: "object" } },
});

function readService(folder: string, name: string): Service {
  const file = join(folder, "package.json");
  const fail = (what: string, instead: string) => new CliError(EXIT.USAGE, what, `at ${file}`, instead);
  if (!NAME.test(name)) {
    throw new CliError(
      EXIT.USAGE,
      `service name ${JSON.stringify(name)} is not valid: 1 to 26 lower-case letters, digits and single hyphens, a letter first`,
      `at ${folder}`,
      "give the folder another name, e.g. order-intake",
    );
  }
  let content: { main?: unknown; groundplan?: { include?: unknown } };
  try {
    content = checkPackage(readJson(file, { bytes: LARGEST, within: folder }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw fail(`it cannot be read: ${error.message}`, "fix the file");
  }
  if (typeof content.main !== "string" || !existsSync(join(folder, content.main))) {
    throw fail(
      `service ${name} has no "main", or it names a file that is not there`,
      'write the file that exports the handler, e.g. "main": "src/index.ts"',
    );
  }
  const include = content.groundplan?.include ?? [];
  if (!Array.isArray(include) || !include.every((one) => typeof one === "string")) {
    throw fail('"groundplan.include" is not a list of paths', 'use e.g. "include": ["templates"]');
  }
  const outside = include.filter((one) => one === "" || one.startsWith("/") || one.split("/").includes(".."));
  if (outside.length > 0) {
    throw fail(
      `"groundplan.include" leaves the service's folder: ${outside.join(", ")}`,
      "copy it into the folder",
    );
  }
  return { name, folder, entry: join(folder, content.main), include };
}
