import { statSync } from "node:fs";
import { resolve } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/**
 * Has every `terraform plan` of this process read files of variables: by TF_CLI_ARGS_plan, where what is masked is looked
 * for too. They come after those that are there, so their values win, the last one's most.
 *
 * @param files - from the folder in which the command runs.
 * @throws CliError for a file that is not there.
 */
export function passVariableFiles(
  files: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): void {
  const options = files.map((file) => {
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return `-var-file=${quoted(resolve(file))}`;
    throw new CliError(
      EXIT.USAGE,
      `there is no file ${file}`,
      `at ${process.cwd()}`,
      "name a file of variables with --var-file, e.g. prod.tfvars",
    );
  });
  if (options.length === 0) return;
  environment.TF_CLI_ARGS_plan = [environment.TF_CLI_ARGS_plan ?? "", ...options].join(" ").trim();
}

/** As Terraform reads a word of its options: everything that a shell would take for its own is escaped. */
function quoted(path: string): string {
  return path.replaceAll(/[^\w./@%+=:,-]/gu, "\\$&");
}
