import type { DescribedArgument, DescribedCommand, DescribedOption } from "../console/described-commands";

/** What may stand where the cursor is. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** Names of the app that is here. */
export interface KnownNames {
  readonly stacks: readonly string[];
  readonly environments: readonly string[];
}

/** Where a line of words has come to. */
interface Position {
  readonly command: DescribedCommand;

  /** Words that are arguments of the command. */
  readonly operands: number;

  /** The option whose value comes next; it may go on when it takes several. */
  readonly expecting: DescribedOption | undefined;

  /** Names of the options that were given. */
  readonly given: ReadonlySet<string>;

  /** Whether `--` was given: what follows are arguments. */
  readonly ended: boolean;
}

/**
 * What may stand in place of the last word of a command line; nothing where a file may.
 *
 * @param words - those before it, without the program's own name.
 */
export function candidatesFor(
  root: DescribedCommand,
  words: readonly string[],
  last: string,
  known: KnownNames,
): readonly Candidate[] {
  // bash cuts --option=value in three.
  const parted = words.at(-1) === "=" ? words.slice(0, -1) : words;
  const cursor = last === "=" ? "" : last;
  const position = positionAfter(
    root,
    parted.filter((word) => word !== "="),
  );
  return candidatesAt(position, cursor, known, words.at(-1) === "=" || last === "=").filter(({ value }) =>
    value.startsWith(cursor),
  );
}

function candidatesAt(
  { command, operands, expecting, given, ended }: Position,
  cursor: string,
  known: KnownNames,
  afterEquals: boolean,
): readonly Candidate[] {
  if (expecting && (!cursor.startsWith("-") || !isVariadic(expecting.flags) || afterEquals)) {
    return plainly(valuesOf(expecting.flags, expecting.choices, known));
  }
  if (ended) return operandValues(command, operands, known);
  const [, name, value] = /^(--[^=]+)=(.*)$/.exec(cursor) ?? [];
  if (name !== undefined && value !== undefined) {
    const option = command.options.find(({ flags }) => namesOf(flags).includes(name));
    return plainly(
      option ? valuesOf(option.flags, option.choices, known).map((one) => `${name}=${one}`) : [],
    );
  }
  if (cursor.startsWith("-")) return optionsOf(command, given);
  const commands = command.commands.map((one) => ({ value: one.name, description: one.summary }));
  return operands === 0 && commands.length > 0 ? commands : operandValues(command, operands, known);
}

function positionAfter(root: DescribedCommand, words: readonly string[]): Position {
  let command = root;
  let operands = 0;
  let expecting: DescribedOption | undefined;
  let ended = false;
  const given = new Set<string>();
  for (const word of words) {
    if (ended) operands += 1;
    else if (expecting && !(isVariadic(expecting.flags) && word.startsWith("-"))) {
      if (!isVariadic(expecting.flags)) expecting = undefined;
    } else if (word === "--") {
      ended = true;
      expecting = undefined;
    } else if (word.startsWith("-")) {
      const [name = ""] = word.split("=");
      const option = command.options.find(({ flags }) => namesOf(flags).includes(name));
      for (const one of namesOf(option?.flags ?? name)) given.add(one);
      expecting = option && takesValue(option.flags) && !word.includes("=") ? option : undefined;
    } else {
      const below = operands === 0 ? command.commands.find(({ name }) => name === word) : undefined;
      if (below) {
        command = below;
        given.clear();
      } else operands += 1;
    }
  }
  return { command, operands, expecting, given, ended };
}

/** The names of an option, e.g. `-e` and `--environment`. */
function namesOf(flags: string): readonly string[] {
  return flags.split(/[ ,|]+/).filter((word) => word.startsWith("-"));
}

const takesValue = (flags: string) => flags.includes("<");
const isVariadic = (flags: string) => flags.includes("...>");

function optionsOf({ options }: DescribedCommand, given: ReadonlySet<string>): readonly Candidate[] {
  const open = options.filter(
    ({ flags }) => isVariadic(flags) || !namesOf(flags).some((name) => given.has(name)),
  );
  return [...open, { flags: "--help", description: "display help for command" }].flatMap(
    ({ flags, description }) =>
      namesOf(flags)
        .filter((name) => name.startsWith("--"))
        .map((value) => ({ value, description })),
  );
}

function operandValues(
  { arguments: args }: DescribedCommand,
  operands: number,
  known: KnownNames,
): readonly Candidate[] {
  const last = args.at(-1);
  const argument: DescribedArgument | undefined =
    args[operands] ?? (last?.term.includes("...") ? last : undefined);
  return argument ? plainly(valuesOf(argument.term, argument.choices, known)) : [];
}

/** The values of an argument or an option, by what it takes; none where a file or any text may stand. */
function valuesOf(
  term: string,
  choices: readonly string[] | undefined,
  { stacks, environments }: KnownNames,
): readonly string[] {
  if (choices) return choices;
  if (/--environment\b/.test(term)) return environments;
  return /[<[]stacks?(?:\.\.\.)?[>\]]/.test(term) ? stacks : [];
}

const plainly = (values: readonly string[]) => values.map((value) => ({ value, description: "" }));
