import { stderr, stdin } from "node:process";
import { createInterface } from "node:readline/promises";
import { CliError } from "./errors";
import { EXIT } from "./exit-codes";
import { interrupted } from "./interrupts";

/**
 * Asks on the terminal before something is done that cannot be taken back.
 *
 * @param yes - what was said before: then nobody is asked.
 * @throws CliError where nobody can answer.
 */
export async function confirmed(question: string, yes = false): Promise<boolean> {
  if (yes) return true;
  if (!stdin.isTTY)
    throw new CliError(EXIT.USAGE, "this asks before it acts, and there is no terminal", "give --yes");
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal: interrupted })).trim());
  } finally {
    terminal.close();
  }
}
