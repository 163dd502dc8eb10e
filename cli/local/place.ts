import { join } from "node:path";
import { LocalError } from "@groundplan/local";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { OWN_FOLDER } from "../project/folder";
import { projectRoot } from "../project/project";

/** Where the emulator of this project, or of this folder outside any, keeps its state. */
export function place(): { stateDirectory: string } {
  return { stateDirectory: join(projectRoot(), OWN_FOLDER, "local") };
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
