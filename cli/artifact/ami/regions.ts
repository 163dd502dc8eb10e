import { unreachable } from "../../aws/errors";
import { CliError, Interrupted } from "../../console/errors";
import type { ExitCode } from "../../console/exit-codes";
import { EXIT } from "../../console/exit-codes";
import { interrupted } from "../../process/interrupts";

/** What became of one Region: it has its result, or an error of its own. */
export type RegionOutcome<T> =
  | { readonly region: string; readonly value: T }
  | { readonly region: string; readonly error: CliError };

/**
 * Does the same in several Regions at once. One that fails takes no other down: each goes on to its end, and the report
 * has them all.
 */
export function inRegions<T>(
  regions: readonly string[],
  work: (region: string) => Promise<T>,
): Promise<readonly RegionOutcome<T>[]> {
  return Promise.all(
    regions.map(async (region) => {
      try {
        if (interrupted.aborted) throw new Interrupted();
        return { region, value: await work(region) };
      } catch (error) {
        return { region, error: unreachable(error) };
      }
    }),
  );
}

/** The Regions that have a result. */
export function succeeded<T>(
  outcomes: readonly RegionOutcome<T>[],
): readonly { readonly region: string; readonly value: T }[] {
  return outcomes.flatMap((one) => ("value" in one ? [one] : []));
}

/** The Regions that failed. */
export function failures(
  outcomes: readonly RegionOutcome<unknown>[],
): readonly { readonly region: string; readonly error: CliError }[] {
  return outcomes.flatMap((one) => ("error" in one ? [one] : []));
}

/**
 * Several errors of one request as one: it is held, else something is missing, as the right to ask. Never 1, by which a build
 * says that it began.
 */
export function gathered(errors: readonly CliError[]): CliError {
  const codes = errors.map(({ exitCode }) => exitCode);
  const isWrong = codes.every((one) => one === EXIT.USAGE);
  const code = codes.includes(EXIT.HELD) ? EXIT.HELD : isWrong ? EXIT.USAGE : EXIT.MISSING;
  return new CliError(code, ...errors.map(({ message }) => message));
}

/** Exit code of them all: an interruption counts before a failure, and the code of the only failure before 1. */
export function exitCodeOf(outcomes: readonly RegionOutcome<unknown>[]): ExitCode {
  const codes = [...new Set(failures(outcomes).map(({ error }) => error.exitCode))];
  if (codes.includes(EXIT.INTERRUPTED)) return EXIT.INTERRUPTED;
  const [only] = codes;
  return codes.length === 1 && only !== undefined ? only : codes.length === 0 ? EXIT.OK : EXIT.FAILED;
}
