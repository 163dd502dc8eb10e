import { EXIT_HELP } from "../console/exit-codes";

/** Examples and exit codes, below a command's options. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ npx groundplan artifact ${line}\n`).join("")}${EXIT_HELP}`;
}
