import { join } from "node:path";
import { Argument, type Command } from "commander";
import { candidatesFor } from "../completion/candidates";
import { knownNames } from "../completion/known-names";
import { completionScript, SHELLS, type Shell } from "../completion/scripts";
import { describedCommands } from "../console/described-commands";
import { EXIT_HELP } from "../console/exit-codes";
import { sayBytes } from "../console/output";

/** Adds `groundplan completion`. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "your shell").choices(SHELLS))
    .summary("complete commands, options and names of stacks in your shell")
    .description(
      "Prints a script that completes `groundplan` and `npx groundplan`: commands, options, their values, and the names of stacks and environments.\n\n" +
        "The names are those that were synthesized last; nothing is synthesized for it.",
    )
    .addHelpText(
      "after",
      `\nExamples:\n  $ eval "$(npx groundplan completion bash)"                                       # in ~/.bashrc, or once\n  $ eval "$(npx groundplan completion zsh)"                                        # in ~/.zshrc, after compinit\n  $ npx groundplan completion fish > ~/.config/fish/completions/groundplan.fish\n${EXIT_HELP}`,
    )
    .action((shell: Shell) => {
      const script = join(__dirname, "..", "..", "bin", "groundplan.js");
      sayBytes(Buffer.from(completionScript(shell, { node: process.execPath, script })));
    });
}

/** Adds `groundplan complete`, which the scripts ask; no help names it. */
export function addComplete(program: Command): void {
  program
    .command("complete", { hidden: true })
    .argument("[words...]", "the words of the command line, the unfinished one last")
    .action((words: readonly string[]) => {
      const described = describedCommands();
      if (!described) return;
      const found = candidatesFor(
        described,
        words.slice(0, -1),
        words.at(-1) ?? "",
        knownNames(process.cwd()),
      );
      const lines = found.map(({ value, description }) => (description ? `${value}\t${description}` : value));
      sayBytes(Buffer.from(lines.map((text) => `${text}\n`).join("")));
    });
}
