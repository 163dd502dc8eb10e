import { resolve } from "node:path";

/**
 * The `-var` and `-var-file` of a text of Terraform's options, e.g. of TF_CLI_ARGS_plan.
 *
 * @param folder - that a file's path begins at.
 */
export function variableOptions(text: string, folder: string): readonly string[] {
  const words = shellWords(text);
  const found: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const [, name, joined] = /^--?(var|var-file)(?:=([\s\S]*))?$/.exec(words[at] ?? "") ?? [];
    if (name === undefined) continue;
    if (joined === undefined) at += 1;
    const value = joined ?? words[at];
    if (value !== undefined) found.push(`-${name}=${name === "var" ? value : resolve(folder, value)}`);
  }
  return found;
}

/** A text in words, as a shell without substitutions reads it. */
function shellWords(text: string): readonly string[] {
  const words = text.match(/(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g, (_, single, double, escaped) =>
      single !== undefined ? single : double !== undefined ? double.replaceAll(/\\([\s\S])/g, "$1") : escaped,
    ),
  );
}
