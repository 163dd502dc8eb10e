import type { Command } from "commander";
import { EXIT_HELP } from "../../console/exit-codes";

/** Examples below the help of a command. */
export function examples(...lines: readonly string[]): string {
  const shown = lines.map((one) => `  $ npx groundplan runner ${one}`).join("\n");
  return `\nExample${lines.length > 1 ? "s" : ""}:\n${shown}\n${EXIT_HELP}`;
}

/** Adds what names the environment. */
export function withEnvironment(command: Command): Command {
  return command.argument("[environment]", "environment (default: the only one that has runners)");
}
