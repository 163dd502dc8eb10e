import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { MaskedNames } from "../plan/masked-names";
import type { Project } from "../project/project";
import { rootOf } from "../project/root";
import { readSettings } from "../project/settings";
import { isProfile } from "../terraform/credentials";
import { type TerraformSetting, terraformEnvironment } from "../terraform/stack";
import { passVariableFiles } from "../terraform/variable-files";

/**
 * Adds the options that every command has that plans stacks.
 *
 * @param result - its result directory, unless another is given.
 */
export function withPlanning(command: Command, result: string): Command {
  return withMask(command)
    .option("--no-synth", "use what is already synthesized")
    .addOption(
      new Option("-c, --concurrency <number>", "stacks at the same time")
        .argParser(concurrency)
        .default(Math.max(2, availableParallelism()), "the number of processors, at least 2"),
    )
    .option(
      "--profile <name>",
      "AWS profile; {account} and {environment} stand for each stack's own (default: the credentials that are here)",
      profile,
    )
    .option(
      "--var-file <file>",
      "file of variables for every stack, as Terraform's -var-file; may be given several times",
      (file: string, before: readonly string[] = []) => [...before, file],
    )
    .hook("preAction", (planning) => passVariableFiles(planning.opts().varFile ?? []))
    .option("--lock-timeout <duration>", "how long to wait for a locked state, e.g. 30s", duration, "120s")
    .option("-r, --result <folder>", `result directory (default: ${result})`);
}

/** Adds the option of the commands that show what a plan has. */
export function withMask(command: Command): Command {
  return command.option(
    "--mask <name>",
    "mask the values of this attribute, variable or output too, `*` for any text; may be given several times",
    maskedName,
  );
}

function maskedName(text: string, before: readonly string[] = []): readonly string[] {
  if (text.trim() !== "" && text.length <= LONGEST_NAME) return [...before, text];
  throw new InvalidArgumentError("use a name, e.g. password or '*_token'");
}

/** Longest name that is taken, in characters; of the settings too. */
const LONGEST_NAME = 200;

/** Names whose values are masked: of the project's settings, and of the command. */
export function maskedNames(
  project: Pick<Project, "root"> | undefined,
  { mask = [] }: { readonly mask?: readonly string[] },
): readonly string[] {
  return [...((project && readSettings(project).mask) ?? []), ...mask];
}

/** The same outside of a project too, where only the command has names. */
export function namesHere(flags: { readonly mask?: readonly string[] }): MaskedNames {
  const root = rootOf(process.cwd());
  return new MaskedNames(maskedNames(root === undefined ? undefined : { root }, flags));
}

/** With what every stack is planned, as the options of {@link withPlanning} say. */
export function settingOf(
  found: Pick<TerraformSetting, "project" | "terraform" | "mask">,
  { profile, lockTimeout }: { readonly profile?: string; readonly lockTimeout: string },
): TerraformSetting {
  return { ...found, env: terraformEnvironment(found.project, profile), lockTimeout };
}

function concurrency(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 64) return number;
  throw new InvalidArgumentError("use a whole number from 1 to 64");
}

/** A duration as Go writes it, and so Terraform: `30s`, `5m`, `1h30m`, `0`. */
function duration(text: string): string {
  if (/^(0|(\d{1,6}(\.\d{1,9})?(h|m|s|ms|us|µs|ns))+)$/.test(text)) return text;
  throw new InvalidArgumentError("use a number with its unit, e.g. 30s, 5m or 1h30m");
}

function profile(text: string): string {
  if (isProfile(text)) return text;
  throw new InvalidArgumentError(
    "use a name, in which {account} and {environment} stand for the stack's own",
  );
}

/** Adds the option of the commands that take stacks: only those of some environments. */
export function withEnvironments(command: Command): Command {
  return command.option("-e, --environment <name...>", "only the stacks of these environments");
}

/** Adds the option of the commands that plan by a provider that goes on running. */
export function withSharing(command: Command): Command {
  return command.option(
    "--no-shared-provider",
    "start the AWS provider for each command of each stack, as Terraform does by itself",
  );
}
