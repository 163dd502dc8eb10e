import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Stack } from "./project";

/**
 * The names that patterns mean.
 *
 * @throws CliError for a pattern that means none.
 */
export function matchStacks(stacks: readonly Stack[], patterns: readonly string[]): readonly string[] {
  const names = stacks.map(({ name }) => name);
  const wanted = patterns.map((pattern) => {
    const expression = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
    const found = names.filter((name) => new RegExp(`^${expression}$`).test(name));
    if (found.length > 0) return found;
    throw new CliError(EXIT.USAGE, `no stack ${JSON.stringify(pattern)}`, `use one of ${names.join(", ")}`);
  });
  return names.filter((name) => wanted.some((found) => found.includes(name)));
}
