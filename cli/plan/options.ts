import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError } from "commander";

/**
 * Adds the options that every command has that plans stacks.
 *
 * @param result - its result directory, unless another is given.
 */
export function withPlanning(command: Command, result: string): Command {
  return command
    .option("--no-synth", "take what is synthesized already")
    .option(
      "-c, --concurrency <number>",
      "stacks at the same time",
      concurrency,
      Math.max(2, availableParallelism()),
    )
    .option("--lock-timeout <duration>", "how long to wait for a locked state, e.g. 30s", "120s")
    .option("-r, --result <folder>", `result directory (default: ${result})`);
}

function concurrency(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 64) return number;
  throw new InvalidArgumentError("use a whole number from 1 to 64");
}
