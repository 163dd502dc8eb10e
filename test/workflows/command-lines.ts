import type { DescribedCommand } from "../../cli/console/described-commands";

/** A part of a command in a shell: a word, or something that only the shell knows. */
export interface Word {
  readonly text: string;

  /** Whether a variable stands in it, so that its value is not known. */
  readonly open: boolean;

  /** Whether it may be any number of words, e.g. `"${options[@]}"`. */
  readonly many: boolean;
}

/** The calls of the command line in a text of the shell, each as its words behind `groundplan`. */
export function calls(script: string): readonly (readonly Word[])[] {
  const joined = script.replaceAll(/\\\n\s*/g, " ");
  return [...joined.matchAll(/\bnpx groundplan\b([^\n]*)/g)].map(([, rest = ""]) => wordsOf(rest));
}

/** Words up to what ends a command: a pipe, a redirection, another command. */
function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  const pattern = /\s*(?:(\|\||&&|[|&;<>)`]|\d?>)|((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'|&;<>)`])+))/y;
  for (let match = pattern.exec(text); match?.[2] !== undefined; match = pattern.exec(text)) {
    const raw = match[2];
    const isLiteral = raw.startsWith("'") && raw.endsWith("'");
    words.push({
      text: raw.replaceAll(/^["']|["']$/g, ""),
      open: !isLiteral && raw.includes("$"),
      // Without quotes a variable may be none, and a pattern any number of files.
      many: !isLiteral && (/\[@\]/.test(raw) || (!raw.startsWith('"') && /[$*]/.test(raw))),
    });
  }
  return words;
}

/** What is wrong with a call: a command or an option that there is none of, too few arguments or too many. */
export function faultsOf(words: readonly Word[], root: DescribedCommand): readonly string[] {
  let command = root;
  let at = 0;
  for (; at < words.length; at += 1) {
    const { text, open } = words[at] as Word;
    const below = command.commands.find(({ name }) => name === text);
    if (!below) {
      if (command.commands.length === 0 || text.startsWith("-")) break;
      // The subcommand itself is a variable: its options may be those of any.
      if (open) return unknownOptions(words.slice(at), command.commands, command.name);
      return [`${command.name} has no command ${JSON.stringify(text)}`];
    }
    command = below;
  }
  return argumentFaults(words.slice(at), command);
}

function argumentFaults(words: readonly Word[], command: DescribedCommand): readonly string[] {
  const faults: string[] = [];
  let given = 0;
  let many = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as Word;
    if (!word.text.startsWith("-") || word.text === "-") {
      // It may be options alone, or none at all.
      if (word.many) many = true;
      else given += 1;
      continue;
    }
    const [name = "", inline] = word.text.split("=", 2);
    const option = command.options.find(({ flags }) => names(flags).includes(name));
    if (!option) {
      faults.push(`${command.name} has no option ${name}`);
      continue;
    }
    if (!/[<[]/.test(option.flags)) continue;
    if (inline === undefined) at += 1;
    const value = inline === undefined ? words[at] : { ...word, text: inline };
    if (value === undefined || (value.text.startsWith("-") && inline === undefined)) {
      faults.push(`${command.name} ${name} has no value`);
    } else if (option.choices && !value.open && !option.choices.includes(value.text)) {
      faults.push(`${command.name} ${name} takes no ${JSON.stringify(value.text)}`);
    }
  }
  const needed = command.arguments.filter(({ term }) => term.startsWith("<")).length;
  const variadic = command.arguments.some(({ term }) => term.includes("..."));
  if (given < needed && !many) faults.push(`${command.name} needs ${needed} arguments, and gets ${given}`);
  if (given > command.arguments.length && !variadic)
    faults.push(`${command.name} takes ${command.arguments.length} arguments, and gets ${given}`);
  return faults;
}

function unknownOptions(
  words: readonly Word[],
  commands: readonly DescribedCommand[],
  name: string,
): readonly string[] {
  const known = commands.flatMap(({ options }) => options.flatMap(({ flags }) => names(flags)));
  return words
    .filter(({ text }) => text.startsWith("-") && !known.includes(text.split("=")[0] ?? ""))
    .map(({ text }) => `no command of ${name} has an option ${text}`);
}

/** `-f` and `--format` of `-f, --format <format>`. */
function names(flags: string): readonly string[] {
  return flags.split(/,\s*/).map((flag) => flag.split(/[ =]/)[0] ?? "");
}
