import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError, readInput } from "../input/file";
import { writeWholeFile } from "../process/whole-file";
import { PREVIEWS } from "./platform";

/** A template of previews: one file. */
export interface TemplateFile {
  readonly name: string;
  readonly summary: string;

  /** From the checkout's root. */
  readonly file: string;
}

const FOLDER = join(PREVIEWS, "templates");

/** Largest template that is read, in bytes. */
const LARGEST = 1_000_000;

/** The templates of a checkout. */
export function templatesIn(root: string): readonly TemplateFile[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).flatMap((file) => /^([a-z][a-z0-9-]*)\.ts$/.exec(file)?.[1] ?? []);
  return names.sort().map((name) => {
    const file = join(FOLDER, `${name}.ts`);
    return { name, summary: summaryOf(join(root, file)), file };
  });
}

/** What a template says of itself. */
function summaryOf(file: string): string {
  try {
    const text = readInput(file, { bytes: LARGEST }).toString();
    return /\bsummary:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]?.replaceAll(/\\(.)/g, "$1") ?? "";
  } catch (error) {
    if (error instanceof InputError) return "";
    throw error;
  }
}

/**
 * Writes a template, as a copy of another.
 *
 * @param like - the template that it begins with.
 * @returns its file, from the root.
 */
export function newTemplate(root: string, name: string, like: string): string {
  if (!/^[a-z](?:-?[a-z0-9])*$/.test(name) || name.length > 40) {
    throw new CliError(
      EXIT.USAGE,
      `invalid name of a template ${JSON.stringify(name.slice(0, 100))}`,
      "use 1 to 40 lower-case letters, digits and hyphens, e.g. queue-worker",
    );
  }
  const templates = templatesIn(root);
  const file = join(FOLDER, `${name}.ts`);
  if (templates.some((one) => one.name === name) || existsSync(join(root, file)))
    throw new CliError(EXIT.HELD, `there is a template ${name}`, `at ${file}`, "choose another name");
  const model = templates.find((one) => one.name === like);
  if (!model)
    throw new CliError(
      EXIT.USAGE,
      `there is no template ${JSON.stringify(like.slice(0, 100))}`,
      `use one of ${templates.map((one) => one.name).join(", ")}`,
    );
  const text = readInput(join(root, model.file), { bytes: LARGEST }).toString();
  const summary = text.replace(
    /(\bsummary:\s*)"(?:[^"\\]|\\.)*"/,
    `$1"Say in a sentence what ${name} makes."`,
  );
  writeWholeFile(join(root, file), summary);
  return file;
}
