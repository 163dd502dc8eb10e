import { type Command, InvalidArgumentError, Option } from "commander";
import { type Affected, affectedStacks } from "../affected/affected";
import type { AffectedResult } from "../affected/result";
import { affectedLines } from "../affected/said";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { sayJson, sayJsonLine, sayLines } from "../console/output";
import { pluralize } from "../console/words";
import { MOST_SHARDS, shardsOf } from "../plan/shards";
import { runSteps } from "../progress/tasks";
import { Graph } from "../project/graph";
import { findProject, type Stack } from "../project/project";

interface AffectedFlags {
  readonly base: string;
  readonly prepare?: string;
  readonly json?: boolean;
  readonly matrix?: boolean;
  readonly shards?: number;
}

/** Adds `groundplan affected`. */
export function addAffected(program: Command): void {
  program
    .command("affected")
    .summary("the stacks that a change touches, and why")
    .description(
      "Synthesizes the files as they are here and the merge base, and compares stack by stack: " +
        "resources, contents of assets, provider lock, backend, CDKTF version. No list of paths is consulted.\n\n" +
        "When one side does not synthesize, every stack is affected, and the reason is printed.",
    )
    .requiredOption("-b, --base <ref>", "branch that the change will be merged into, e.g. origin/main")
    .option(
      "--prepare <command>",
      "command that prepares the base's checkout for its synth, after its packages are installed",
    )
    .option("--json", "print the result as JSON")
    .addOption(
      new Option("--matrix", "print the stacks to plan as a matrix of GitHub Actions, in one line").conflicts(
        "json",
      ),
    )
    .addOption(
      new Option(
        "--shards <number>",
        "with --matrix: at most so many jobs, each for a part of the stacks: groundplan plan --shard",
      ).argParser(shardsFrom),
    )
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan affected --base origin/main\n  $ npx groundplan affected --base origin/main --json\n  $ echo "matrix=$(npx groundplan affected --base "origin/$GITHUB_BASE_REF" --matrix)" >> "$GITHUB_OUTPUT"\n${EXIT_HELP}`,
    )
    .action(async (flags: AffectedFlags) => {
      if (flags.shards && !flags.matrix)
        throw new CliError(EXIT.USAGE, "--shards is for --matrix", "write: --matrix --shards 4");
      const { result, head } = await affected(flags);
      if (flags.matrix) sayJsonLine(flags.shards ? sharded(result, head, flags.shards) : matrix(result));
      else if (flags.json) sayJson(result);
      else sayLines(affectedLines(result));
      // Everything is affected, and nothing can be planned.
      if (head === undefined) process.exitCode = EXIT.FAILED;
    });
}

async function affected({ base, prepare, json, matrix }: AffectedFlags): Promise<Affected> {
  let found: Affected | undefined;
  const step = {
    title: `Compare with ${base}`,
    run: async (_: object, progress: (line: string) => void) => {
      found = await affectedStacks({
        project: findProject(),
        base,
        ...(prepare === undefined ? {} : { prepare }),
        progress,
      });
      const { stacks, everything } = found.result;
      if (everything) return "everything counts as affected";
      return stacks.length === 0
        ? "nothing is affected"
        : pluralize(stacks.length, "stack is affected", "stacks are affected");
    },
  };
  await runSteps([step], {}, json === true || matrix === true);
  if (!found) throw new CliError(EXIT.FAILED, "the comparison was not completed");
  return found;
}

/**
 * A matrix of GitHub Actions: a job for each part of the stacks that can be planned.
 *
 * @param head - stacks of the app; none when it does not synthesize, and then one job says so.
 */
export function sharded(
  { stacks }: AffectedResult,
  head: readonly Stack[] | undefined,
  shards: number,
): { readonly include: readonly object[] } {
  const names = stacks.flatMap(({ name, change }) => (change === "removed" ? [] : [name]));
  const parts = head ? shardsOf(new Graph(head), names, shards) : [names];
  // A matrix without jobs is an error on GitHub, and somebody has to say that nothing changes.
  if (parts.length === 0) return { include: [{ shard: `1/${shards}`, number: 1, stacks: 0 }] };
  return {
    include: parts.map((part, at) => ({ shard: `${at + 1}/${shards}`, number: at + 1, stacks: part.length })),
  };
}

function shardsFrom(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_SHARDS) return number;
  throw new InvalidArgumentError(`use a whole number from 1 to ${MOST_SHARDS}`);
}

/** A matrix of GitHub Actions: a job for each stack that can be planned. */
export function matrix({ stacks }: AffectedResult): { readonly include: readonly object[] } {
  const planned = stacks.filter(({ change }) => change !== "removed");
  if (planned.length > MOST_SHARDS) {
    throw new CliError(
      EXIT.FAILED,
      `${planned.length} stacks are affected, and a matrix has at most ${MOST_SHARDS} jobs`,
      "plan several in each job: --matrix --shards 16",
    );
  }
  return {
    include: planned.map(({ name, environment, unit, change }) => ({
      stack: name,
      environment: environment ?? "",
      unit,
      change,
    })),
  };
}
