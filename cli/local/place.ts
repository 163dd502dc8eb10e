import { join } from "node:path";
import { LocalError } from "@groundplan/local";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { findProject } from "../project/project";

/** Where the emulator of this project keeps its state. */
export function place(): { stateDirectory: string } {
  return { stateDirectory: join(projectRoot(), ".groundplan", "local") };
}

/** Folder of the project, or the current one outside any. */
export function projectRoot(): string {
  try {
    return findProject().root;
  } catch {
    return process.cwd();
  }
}

/** The emulator's errors as the command line's. */
export async function asCli<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof LocalError)) throw error;
    const code = { input: EXIT.USAGE, missing: EXIT.MISSING, failed: EXIT.FAILED }[error.kind];
    throw new CliError(code, error.message);
  }
}
