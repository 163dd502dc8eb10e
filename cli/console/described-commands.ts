import type { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, type Command, Option } from "commander";

/** A command as `npm run derive` writes it into `commands.json`: all that `--help` and a shell's completion say of it. */
export interface DescribedCommand {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly arguments: readonly DescribedArgument[];
  readonly options: readonly DescribedOption[];

  /** What `--help` adds: examples and exit codes. */
  readonly after: string;
  readonly commands: readonly DescribedCommand[];
}

/** An argument of a command. */
export interface DescribedArgument {
  /** As commander writes it, e.g. `[stacks...]`. */
  readonly term: string;
  readonly description: string;
  readonly choices?: readonly string[];
}

/** An option of a command. */
export interface DescribedOption {
  /** As commander writes it, e.g. `-e, --environment <name...>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];

  /** Its default, in words or as JSON. */
  readonly default?: string;
}

/**
 * The commands as they were described last; undefined without a file that can be read.
 *
 * @param file - by default that of this package.
 */
export function describedCommands(
  file = join(__dirname, "..", "..", "commands.json"),
): DescribedCommand | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as DescribedCommand;
  } catch {
    return undefined;
  }
}

/** Describes a command and those below it. */
export function describeCommand(command: Command): DescribedCommand {
  const after: string[] = [];
  // Its types do not say that it emits the event at which an added text is written.
  (command as unknown as EventEmitter).emit("afterHelp", {
    error: false,
    command,
    write: (text: string) => after.push(text),
  });
  const help = command.createHelp();
  return {
    name: command.name(),
    summary: command.summary(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => {
      const named = `${argument.name()}${argument.variadic ? "..." : ""}`;
      return {
        term: argument.required ? `<${named}>` : `[${named}]`,
        description: argument.description,
        ...(argument.argChoices ? { choices: argument.argChoices } : {}),
      };
    }),
    options: command.options
      .filter(({ hidden }) => !hidden)
      .map(({ flags, description, argChoices, defaultValue, defaultValueDescription, negate }) => {
        const standard =
          defaultValueDescription ?? (defaultValue === undefined ? undefined : JSON.stringify(defaultValue));
        return {
          flags,
          description,
          ...(argChoices ? { choices: argChoices } : {}),
          ...(standard === undefined || negate ? {} : { default: standard }),
        };
      }),
    after: after.join(""),
    commands: help
      .visibleCommands(command)
      .filter((one) => command.commands.includes(one))
      .map(describeCommand),
  };
}

/**
 * Gives a command the arguments, options and subcommands of a description: its `--help` is the same, and nothing of what
 * it does is loaded.
 *
 * @param run - what a command does that is called all the same.
 */
export function addDescribed(command: Command, described: DescribedCommand, run: () => Promise<void>): void {
  for (const {
    name,
    summary,
    description,
    arguments: args,
    options,
    after,
    commands,
  } of described.commands) {
    const one = command.command(name).summary(summary).description(description);
    for (const { term, description: text, choices } of args) {
      const argument = new Argument(term, text);
      one.addArgument(choices ? argument.choices(choices) : argument);
    }
    for (const { flags, description: text, choices, default: standard } of options) {
      const option = new Option(flags, text);
      if (choices) option.choices(choices);
      if (standard !== undefined) option.default(standard, standard);
      one.addOption(option);
    }
    if (after !== "") one.addHelpText("after", after.replace(/\n$/, ""));
    if (commands.length === 0) one.allowUnknownOption().allowExcessArguments().action(run);
    addDescribed(one, { ...described, commands }, run);
  }
}
