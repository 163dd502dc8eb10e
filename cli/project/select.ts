import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { insteadOf } from "../console/suggest";
import { wildcard } from "../input/wildcard";
import { inOrder } from "./environment";
import { NAMING_FORMS } from "./naming";
import type { Stack } from "./project";

/** Which stacks a user has named. */
export interface Choice {
  /** Names of stacks, `*` for any text; none for all. */
  readonly patterns?: readonly string[];

  /** Only those of these environments. @default - of all */
  readonly environments?: readonly string[] | undefined;
}

type Named = Pick<Stack, "name" | "environment">;

/**
 * The names of the stacks that are chosen, in the order of the stacks.
 *
 * @throws CliError for a pattern or an environment that means none.
 */
export function chooseStacks(
  stacks: readonly Named[],
  { patterns = [], environments }: Choice,
): readonly string[] {
  const names = patterns.length > 0 ? matchStacks(stacks, patterns) : stacks.map(({ name }) => name);
  if (environments === undefined) return names;
  checkEnvironments(stacks, environments);
  const chosen = new Set(
    stacks.filter(({ environment = "" }) => environments.includes(environment)).map(({ name }) => name),
  );
  return names.filter((name) => chosen.has(name));
}

/** The environments of stacks, in the order in which they are shown ({@link inOrder}). */
export function environmentsOf(stacks: readonly Named[], promotion?: readonly string[]): readonly string[] {
  return inOrder([...new Set(stacks.flatMap(({ environment }) => environment ?? []))], promotion);
}

/** @throws CliError for an environment that no stack belongs to. */
export function checkEnvironments(stacks: readonly Named[], environments: readonly string[]): void {
  const known = environmentsOf(stacks);
  const unknown = environments.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const instead = insteadOf(unknown, known);
  throw new CliError(
    EXIT.USAGE,
    `no environment ${JSON.stringify(unknown)}`,
    ...(instead.length > 0
      ? instead
      : [
          "no stack's name says an environment",
          `say in cdktf.json how names are read, e.g. ${NAMING_FORMS}`,
        ]),
  );
}

/**
 * The names that patterns mean.
 *
 * @throws CliError for a pattern that means none.
 */
export function matchStacks(stacks: readonly Named[], patterns: readonly string[]): readonly string[] {
  const names = stacks.map(({ name }) => name);
  const wanted = patterns.map((pattern) => {
    const expression = new RegExp(`^${wildcard(pattern)}$`);
    const found = names.filter((name) => expression.test(name));
    if (found.length > 0) return found;
    throw unknownStack(pattern, names);
  });
  return names.filter((name) => wanted.some((found) => found.includes(name)));
}

/** A stack of a name. @throws CliError when there is none, with the names that are like it. */
export function stackOfName<T extends Named>(stacks: readonly T[], name: string): T {
  const found = stacks.find((stack) => stack.name === name);
  if (found) return found;
  throw unknownStack(
    name,
    stacks.map((stack) => stack.name),
  );
}

function unknownStack(name: string, known: readonly string[]): CliError {
  return new CliError(EXIT.USAGE, `no stack ${JSON.stringify(name)}`, ...insteadOf(name, known));
}
