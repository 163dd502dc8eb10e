import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { insteadOf } from "../console/suggest";
import type { PlanRun } from "../plan/result";

/**
 * A run with the stacks of some environments alone; the others count as out of scope.
 *
 * @param environments - undefined for all.
 * @throws CliError for an environment that the run has no stack of.
 */
export function ofEnvironments(run: PlanRun, environments: readonly string[] | undefined): PlanRun {
  // A run that came to no stack says why, whatever is asked for.
  if (environments === undefined || run.stacks.length + run.removed.length === 0) return run;
  const known = [...new Set([...run.stacks, ...run.removed].flatMap(({ environment }) => environment ?? []))];
  const unknown = environments.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const instead = insteadOf(unknown, known);
    throw new CliError(
      EXIT.USAGE,
      `the plan has no environment ${JSON.stringify(unknown)}`,
      ...(instead.length > 0 ? instead : ["leave --environment out"]),
    );
  }
  const isChosen = ({ environment }: { readonly environment?: string }) =>
    environment !== undefined && environments.includes(environment);
  const others = run.stacks.filter((stack) => !isChosen(stack)).map(({ name }) => name);
  return {
    ...run,
    stacks: run.stacks.filter(isChosen),
    removed: run.removed.filter(isChosen),
    left: [...run.left, ...others],
  };
}
