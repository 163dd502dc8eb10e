import { existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurnOfLoop } from "node:timers/promises";
import { Command, CommanderError } from "commander";
import { COMMANDS, HIDDEN } from "./commands/index";
import { addDescribed, describedCommands } from "./console/described-commands";
import { CliError, Interrupted } from "./console/errors";
import { EXIT, EXIT_HELP } from "./console/exit-codes";
import {
  flushed,
  line,
  linesOf,
  outliveReaders,
  paint,
  sayAside,
  sayProblem,
  sayText,
} from "./console/output";
import { ownVersion } from "./console/version";
import { interrupted, listen, runEndings } from "./process/interrupts";
import { rootOf } from "./project/root";

/** The command line: with the command and the subcommand that the arguments name, or with all of them. */
export async function program(args: readonly string[]): Promise<Command> {
  const command = bareProgram();
  const [asked, subcommand] = namesIn(args);
  const named = Object.entries({ ...COMMANDS, ...HIDDEN }).filter(([name]) => name === asked);
  if (named.length > 0) for (const [, load] of named) await (await load())(command, subcommand);
  else for (const load of Object.values(COMMANDS)) await (await load())(command);
  return withEnds(command);
}

/** The command line that answers the arguments: for `--help` and a wrong name, with what the commands say and no more. */
export async function programFor(args: readonly string[]): Promise<Command> {
  const end = args.indexOf("--");
  const asksHelp = args.slice(0, end < 0 ? args.length : end).some((arg) => arg === "--help" || arg === "-h");
  const described =
    asksHelp || !Object.hasOwn({ ...COMMANDS, ...HIDDEN }, namesIn(args)[0] ?? "")
      ? describedCommands()
      : undefined;
  if (!described) return program(args);
  const command = bareProgram();
  // What looks like a wish for help may be the value of an option.
  addDescribed(command, described, async () => {
    await (await program(args)).parseAsync(args, { from: "user" });
  });
  return withEnds(command);
}

/** The arguments that are no option of the program itself: first the command's name, then that of its subcommand, if any. */
function namesIn(args: readonly string[]): readonly string[] {
  return args.filter((arg) => arg !== "--debug");
}

function bareProgram(): Command {
  return (
    new Command("groundplan")
      .description("An AWS platform on CDK for Terraform: from an overlay to a deployed environment.")
      .version(ownVersion())
      .option("--debug", "print the stack of an error")
      .showSuggestionAfterError()
      .showHelpAfterError("(run it with --help for examples)")
      .addHelpText(
        "after",
        `\nExamples:\n  $ npx groundplan doctor\n  $ npx groundplan local demo\n  $ npx groundplan bootstrap\n  $ npx groundplan lock --check\n${EXIT_HELP}`,
      )
      // The arguments, which it repeats, may be a branch's name.
      .configureOutput({
        writeOut: (text) => sayText(text.replace(/\n$/, "")),
        writeErr: (text) => sayText(text.replace(/\n$/, ""), "stderr"),
      })
      .hook("preAction", removeLeft)
      .exitOverride()
  );
}

/** Every command ends by an error that {@link main} tells, and points at its examples. */
function withEnds(command: Command): Command {
  for (const one of [command, ...command.commands, ...command.commands.flatMap((each) => each.commands)]) {
    one.exitOverride().showHelpAfterError("(run it with --help for examples)");
  }
  return command;
}

/** Whatever the command is: what killed runs have left in this checkout is removed before it. */
async function removeLeft(_: Command, command: Command): Promise<void> {
  // At the press of a key nothing is removed, and nobody waits.
  if (command.name() === "complete") return;
  const root = rootOf(process.cwd());
  if (root === undefined || !existsSync(join(root, ".groundplan"))) return;
  (await import("./process/work-folder.js")).removeAbandoned({ root });
}

/** Runs the command that the process's arguments name, and ends the process. */
export async function main(): Promise<void> {
  // What the AWS SDK says of next year's Node is nothing that a user of this command can act upon.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  outliveReaders();
  listen();
  let command: Command | undefined;
  try {
    command = await programFor(process.argv.slice(2));
    await command.parseAsync();
    await hearSignals();
    // Told to end, a run never says that it was not: it may have left out what it had not begun.
    if (interrupted.aborted) throw new Interrupted();
  } catch (error) {
    process.exitCode = await end(error, command?.opts().debug === true);
  }
  await flushed();
  // A keep-alive connection of an SDK would hold the process for seconds.
  process.exit();
}

/** A signal that came while this process did something at once, as it writes a file, is heard only in a later turn. */
async function hearSignals(): Promise<void> {
  // The first ends the turn that goes on, and the second one that has asked the system.
  await nextTurnOfLoop();
  await nextTurnOfLoop();
}

/** Says what went wrong, undoes what has to be undone, and gives the exit code. */
async function end(error: unknown, debug: boolean): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.OK : EXIT.USAGE;
  if (interrupted.aborted || error instanceof Interrupted) {
    await runEndings();
    const [what = "", ...left] = error instanceof Interrupted ? error.message.split("\n") : ["interrupted"];
    sayAside(paint.warning(what));
    for (const one of left.flatMap(linesOf)) sayAside(one);
    return EXIT.INTERRUPTED;
  }
  const message = error instanceof Error ? error.message : String(error);
  sayProblem(line`${paint.bad("Error")}: `, message);
  if (debug && error instanceof Error) sayText(error.stack ?? "", "stderr");
  if (!debug && !(error instanceof CliError)) sayAside(line`  (run it with --debug to see where)`);
  return error instanceof CliError ? error.exitCode : EXIT.FAILED;
}
