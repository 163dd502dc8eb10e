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
  requireTerminal("give --yes");
  return /^y(es)?$/i.test((await answerTo(question)).trim());
}

/**
 * Asks for a word: nothing else is a yes.
 *
 * @param question - its last line is asked, those before it say what it is about.
 */
export async function confirmedBy(word: string, question: Line | readonly Line[]): Promise<boolean> {
  return (await answerTo(question, "> ")).trim() === word;
}

/** @throws CliError where nobody can answer. @param instead - what to write then. */
export function requireTerminal(instead: string): void {
  if (stdin.isTTY) return;
  throw new CliError(EXIT.USAGE, "this command asks for confirmation, and there is no terminal", instead);
}

async function answerTo(question: Line | readonly Line[], hint?: string): Promise<string> {
  const terminal = openQuestions(stdin);
  try {
    return await terminal.ask(question, interrupted, hint);
  } finally {
    terminal.close();
  }
}
