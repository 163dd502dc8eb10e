import { join } from "node:path";
import { type InstanceMode, LocalError, type LocalOptions } from "@groundplan/local";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { OWN_FOLDER } from "../process/own-folder";
import { projectRoot } from "../project/project";

/** Flags of `local up`, and of what calls it. */
export interface UpFlags {
  readonly port?: number;
  readonly account?: string;
  readonly region?: string;
  readonly instances?: InstanceMode;
  readonly json?: boolean;
}

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

/** The options that a user gave. */
export function placeOf({
  port,
  account,
  region,
  instances,
}: UpFlags): Pick<LocalOptions, "port" | "account" | "region" | "instances"> {
  return {
    ...(port === undefined ? {} : { port }),
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    ...(instances === undefined ? {} : { instances }),
  };
}
