import { join, relative } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import { readJson } from "../input/json";

/** A project's file, in its root. */
export const CONFIG = "cdktf.json";

/** Largest file of a project that is read, in bytes: 200 MB. */
export const LARGEST = 200_000_000;

/** What a project's `cdktf.json` says. @throws CliError when it cannot be read. */
export function readConfig(root: string): Readonly<Record<string, unknown>> {
  const file = join(root, CONFIG);
  return readWith(file, () => objectOf(readJson(file, { bytes: LARGEST })));
}

/** A value as an object. @throws InputError when it is none. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return { ...value };
  throw new InputError("it is not a JSON object");
}

/** @throws CliError that says which file cannot be read, why, and what to do. */
export function readWith<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError) throw unreadable(file, error.message);
    throw error;
  }
}

function unreadable(file: string, why: string): CliError {
  return new CliError(
    EXIT.USAGE,
    `${relative(process.cwd(), file)} cannot be read: ${why}`,
    `at ${file}`,
    file.endsWith(CONFIG)
      ? "fix the file"
      : "synthesize again: npx cdktf synth; or wait for the cdktf that synthesizes here at the same time",
  );
}
