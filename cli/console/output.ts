import pc from "picocolors";

/** Colours on a terminal, and none elsewhere or with `NO_COLOR`. */
const colors = pc.createColors(Boolean(process.stdout.isTTY) && !process.env.NO_COLOR);

/** The words of a line, by what they say. */
export const paint = {
  good: colors.green,
  warning: colors.yellow,
  bad: colors.red,
  strong: colors.bold,
  faint: colors.dim,
};

/** One line for people. */
export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** One JSON document for machines. */
export function sayJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Whether a list may be drawn anew on standard output: on a terminal that can do that, and in no log. */
export function drawsOn({ CI, TERM }: NodeJS.ProcessEnv, quiet: boolean): boolean {
  return Boolean(process.stdout.isTTY) && !CI && TERM !== "dumb" && !quiet;
}
