import { CliError, Interrupted } from "../console/errors";
import type { PreviewInput } from "./input";

/**
 * What a task's failure says where a masked copy may be its cause: migrations that are noted in a masked column are taken
 * for new ones, and run again.
 *
 * @param task - id of the task that failed.
 */
export function taskFailure(error: unknown, task: string, data: PreviewInput["data"]): unknown {
  const copy = data !== undefined && "copy" in data ? data.copy : undefined;
  if (task !== "migrate" || !copy?.masked) return error;
  if (!(error instanceof CliError) || error instanceof Interrupted) return error;
  return new CliError(
    error.exitCode,
    error.message,
    `the database is a masked copy of ${copy.name}: migrations run again where the column that notes them is masked`,
    `add it to keep of previews.sources.${copy.name} in the platform's overlay, e.g. "migrations.name"; then destroy and create the preview`,
  );
}
