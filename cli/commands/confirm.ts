import { stdin } from "node:process";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { type Line, openQuestions } from "../console/output";
import { interrupted } from "../process/interrupts";

/**
 * Asks on the terminal before something is done that cannot be taken back.
 *
 * @param question - its last line is asked, those before it say what it is about.
 * @param yes - what was said before: then nobody is asked.
 * @throws CliError where nobody can answer.
 */
export async function confirmed(question: Line | readonly Line[], yes = false): Promise<boolean> {
  if (yes) return true;
  if (!stdin.isTTY)
    throw new CliError(
      EXIT.USAGE,
      "this command asks for confirmation, and there is no terminal",
      "give --yes",
    );
  const terminal = openQuestions(stdin);
  try {
    return /^y(es)?$/i.test((await terminal.ask(question, interrupted)).trim());
  } finally {
    terminal.close();
  }
}
