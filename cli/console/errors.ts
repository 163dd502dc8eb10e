import { EXIT, type ExitCode } from "./exit-codes";

/** An end that a user can do something about: what is wrong, where, what to do instead. */
export class CliError extends Error {
  /** @param lines - the first says what is wrong; the others where, and what to do. */
  constructor(
    readonly exitCode: ExitCode,
    ...lines: readonly string[]
  ) {
    super(lines.join("\n  "));
    this.name = "CliError";
  }
}

/** Ctrl-C, or a signal to end. */
export class Interrupted extends CliError {
  /** @param left - what is left half done, and how to go on; nothing when nothing is. */
  constructor(...left: readonly string[]) {
    super(EXIT.INTERRUPTED, "interrupted", ...left);
    this.name = "Interrupted";
  }

  /** One that says more than that: `interrupted while synthesizing`. */
  static saying(message: string): Interrupted {
    const error = new Interrupted();
    error.message = message;
    return error;
  }
}
