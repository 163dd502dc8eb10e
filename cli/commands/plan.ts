import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { affectedStacks } from "../affected/affected";
import type { AffectedResult } from "../affected/result";
import { CliError, Interrupted } from "../console/errors";
import { EXIT, EXIT_HELP, type ExitCode } from "../console/exit-codes";
import { commonFaults } from "../console/faults";
import {
  type Line,
  line,
  linesOf,
  paint,
  say,
  sayBytes,
  sayJson,
  sayLines,
  sayPaged,
  terminalColumns,
} from "../console/output";
import { pluralize } from "../console/words";
import { wrapped } from "../console/wrap";
import { beginResult } from "../plan/beginning";
import { ResultDirectory } from "../plan/directory";
import { decryptPlan, KEY_VARIABLE, planKey } from "../plan/encryption";
import { type PlanProps, planAll, sealOf } from "../plan/plan";
import { readSaved } from "../plan/read";
import { type PlannedStack, type PlanRun, type PlanScope, RESULT_FOLDER, SUMMARY_FILE } from "../plan/result";
import { MOST_SHARDS, parseShard, type Shard, shardOf } from "../plan/shards";
import { countWords } from "../plan/stack-plan";
import { interrupted } from "../process/interrupts";
import { runSteps } from "../progress/tasks";
import { Graph } from "../project/graph";
import { findProject, type Project, type Stack } from "../project/project";
import { chooseStacks, stackOfName } from "../project/select";
import { synthesizeOrRead } from "../project/synthesized";
import { readReport } from "../report/read";
import { terminalDiff } from "../report/terminal-diff";
import { findTerraform } from "../terraform/binary";
import { maskedNames, settingOf, withEnvironments, withPlanning, withSharing } from "./options";

interface PlanFlags {
  readonly environment?: readonly string[];
  readonly affected?: boolean;
  readonly base?: string;
  readonly prepare?: string;
  readonly shard?: Shard;
  readonly synth: boolean;
  readonly concurrency: number;
  readonly lockTimeout: string;
  readonly mask?: readonly string[];
  readonly profile?: string;
  readonly result?: string;
  readonly sharedProvider: boolean;
  readonly out?: boolean;
  readonly keyFile?: string;
  readonly open?: string;
  readonly detailedExitcode?: boolean;
  readonly diff?: boolean;
  readonly json?: boolean;
}

/** Adds `groundplan plan`. */
export function addPlan(program: Command): void {
  withSharing(
    withPlanning(
      withEnvironments(
        program
          .command("plan")
          .argument("[stacks...]", "names of the stacks, `*` for any text (default: all)"),
      )
        .summary("plan all stacks, or those that a change touches")
        .description(
          "Plans stacks in dependency order, several at a time, and writes the results into a directory: plan JSON and text without secrets, and a summary.\n\n" +
            "A stack that reads what another one has not deployed yet, or is about to change, is deferred, and the reason is printed.",
        )
        .option("--affected", "only what a change touches; needs --base")
        .option("-b, --base <ref>", "branch that the change will be merged into, e.g. origin/main")
        .option("--prepare <command>", "command that prepares the base's checkout for its synth")
        .option(
          "--shard <number/of>",
          "one part of these stacks, e.g. 2/4: other jobs plan the others",
          shard,
        ),
      RESULT_FOLDER,
    ),
  )
    .option("--out", "keep the saved plans in it too, encrypted")
    .option(
      "--key-file <file>",
      `file with the key, 32 bytes in base64 (default: the variable ${KEY_VARIABLE})`,
    )
    .option("--open <stack>", "print a saved plan of the result directory, decrypted, and plan nothing")
    .option("--diff", "print what changes, line by line (default: at a terminal, up to 50 lines)")
    .option("--no-diff", "do not print it")
    .option("--detailed-exitcode", "as Terraform does: exit with 2 when something changes or is deferred")
    .option("--json", "print the summary as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan plan\n  $ npx groundplan plan 'dev-*' --concurrency 4\n  $ npx groundplan plan --environment dev\n  $ npx groundplan plan --affected --base origin/main --detailed-exitcode\n  $ npx groundplan plan --affected --base origin/main --shard 2/4\n  $ npx groundplan plan --mask password --mask '*_token'\n  $ npx groundplan plan --out --key-file plan.key\n  $ npx groundplan plan --open dev-network --key-file plan.key > dev-network.tfplan\n${EXIT_HELP}`,
    )
    .action(async (patterns: readonly string[], flags: PlanFlags) => {
      const project = findProject();
      const result = flags.result ?? join(project.root, RESULT_FOLDER);
      if (flags.open !== undefined) return open(flags.open, result, flags);
      check(patterns, flags);
      const mask = maskedNames(project, flags);
      const { key, terraform, chosen } = await beginResult(
        { project, result, scope: asked(patterns, flags) },
        async () => ({
          key: flags.out ? planKey(flags.keyFile) : undefined,
          terraform: await findTerraform(),
          chosen: ofShard(await choose(project, patterns, flags), flags.shard),
        }),
      );
      const { run, plans } = await planAll({
        ...chosen,
        setting: settingOf({ project, terraform, mask }, flags),
        concurrency: flags.concurrency,
        result,
        ...(key ? { key } : {}),
        shareProvider: flags.sharedProvider,
        quiet: flags.json ?? false,
      });
      if (flags.json) sayJson(run);
      else {
        sayRun(run, result);
        sayDiff(result, flags);
      }
      if (interrupted.aborted) throw new Interrupted();
      const failures = [...plans.values()].flatMap(({ error }) => error ?? []);
      process.exitCode = exitCode(
        run,
        failures.map((error) => error.exitCode),
        flags,
      );
    });
}

type Chosen = Pick<PlanProps, "stacks" | "names" | "scope" | "affected" | "shard">;

function shard(text: string): Shard {
  const parsed = parseShard(text);
  if (parsed) return parsed;
  throw new InvalidArgumentError(`use which of how many, e.g. 2/4, of at most ${MOST_SHARDS}`);
}

/** Of the stacks that are chosen, those of a shard. */
function ofShard(chosen: Chosen, shard: Shard | undefined): Chosen {
  if (!shard) return chosen;
  const { names, elsewhere } = shardOf(new Graph(chosen.stacks), chosen.names, shard);
  return { ...chosen, names, shard: { ...shard, elsewhere } };
}

/** @throws CliError for options that do not go together. */
function check(patterns: readonly string[], { affected, base, synth, environment }: PlanFlags): void {
  if (!affected && base !== undefined) {
    throw new CliError(EXIT.USAGE, "--base is for --affected", "write: --affected --base <ref>");
  }
  if (affected && (base === undefined || patterns.length > 0 || environment !== undefined || !synth)) {
    throw new CliError(
      EXIT.USAGE,
      base === undefined
        ? "--affected needs --base"
        : "--affected chooses the stacks itself, and synthesizes",
      "write: npx groundplan plan --affected --base origin/main",
    );
  }
}

/** What is to be planned, before it is known which stacks there are. */
function asked(patterns: readonly string[], { base, environment }: PlanFlags): PlanScope {
  if (base !== undefined) return { kind: "affected", base };
  const isAll = patterns.length === 0 && environment === undefined;
  return isAll ? { kind: "all" } : { kind: "named", names: patterns };
}

/** Synthesizes, and says which stacks are to be planned. */
async function choose(project: Project, patterns: readonly string[], flags: PlanFlags): Promise<Chosen> {
  if (flags.base !== undefined) return chooseAffected(project, flags.base, flags);
  const stacks = await synthesizeOrRead(project, flags.synth, flags.json);
  const { environment: environments } = flags;
  const names = chooseStacks(stacks, { patterns, environments });
  if (patterns.length === 0 && environments === undefined) return { stacks, names, scope: { kind: "all" } };
  return { stacks, names, scope: { kind: "named", names } };
}

async function chooseAffected(project: Project, base: string, { prepare, json }: PlanFlags): Promise<Chosen> {
  let found: { result: AffectedResult; head: readonly Stack[] } | undefined;
  const run = async (_: object, progress: (line: string) => void) => {
    const { result, head } = await affectedStacks({
      project,
      base,
      ...(prepare === undefined ? {} : { prepare }),
      progress,
    });
    if (head === undefined) {
      throw new CliError(EXIT.FAILED, result.everything?.reason ?? "the head does not synthesize");
    }
    found = { result, head };
    return result.everything
      ? "everything counts as affected"
      : pluralize(result.stacks.length, "stack is affected", "stacks are affected");
  };
  await runSteps([{ title: `Compare with ${base}`, run }], {}, json);
  if (!found) throw new CliError(EXIT.FAILED, "the comparison was not completed");
  const { result, head } = found;
  const scope: PlanScope = {
    kind: "affected",
    base,
    ...(result.mergeBase === undefined ? {} : { mergeBase: result.mergeBase }),
    ...(result.everything === undefined ? {} : { everything: result.everything.reason }),
  };
  const names = result.stacks.flatMap(({ name, change }) => (change === "removed" ? [] : [name]));
  return { stacks: head, names, scope, affected: result };
}

function open(stack: string, result: string, { keyFile }: PlanFlags): void {
  const { app, stacks } = new ResultDirectory(result).read();
  const { saved } = stackOfName(stacks, stack).files;
  if (saved === undefined) {
    throw new CliError(EXIT.USAGE, `no saved plan of ${stack}`, `at ${result}`, "plan with --out");
  }
  const sealed = readSaved(result, join(result, SUMMARY_FILE), saved);
  const plan = decryptPlan(sealed, planKey(keyFile), sealOf(app, stack));
  sayBytes(plan);
}

function exitCode(run: PlanRun, failures: readonly ExitCode[], { detailedExitcode }: PlanFlags): number {
  const [first] = failures;
  if (first !== undefined) {
    if (detailedExitcode) return EXIT.FAILED;
    return failures.every((code) => code === first) ? first : EXIT.FAILED;
  }
  const open = run.stacks.some(({ status }) => status === "changed" || status === "deferred");
  return detailedExitcode && open ? 2 : EXIT.OK;
}

function sayRun(run: PlanRun, result: string): void {
  say();
  for (const stack of run.stacks) {
    if (stack.status !== "failed") sayStack([stack.name], ...lineOf(stack));
  }
  const failed = run.stacks.flatMap(({ name, status, error }) =>
    status === "failed" ? [{ name, message: error?.message ?? "failed" }] : [],
  );
  for (const { names, message } of commonFaults(failed)) sayStack(names, paint.bad("!"), message);
  for (const { name, resources } of run.removed) {
    sayFitted(
      line`${paint.bad("−")} ${paint.strong(name)}: no stack any more; ${pluralize(resources.length, "resource stays", "resources stay")}, and nobody manages ${resources.length === 1 ? "it" : "them"}`,
    );
  }
  if (run.stacks.length === 0) say(line`${paint.good("Nothing to plan")}: no stack is affected.`);
  say();
  say(line`${tally(run)} in ${run.seconds.toFixed(0)} s; results in ${result}`);
}

/** What changes, line by line, from the results: they are masked. */
function sayDiff(result: string, { diff }: PlanFlags): void {
  const columns = terminalColumns();
  if (diff === false || (diff === undefined && columns === undefined)) return;
  sayPaged(terminalDiff(readReport(result), { diff, columns }), process.env);
}

/** What one stack came to, or several. */
function sayStack(names: readonly string[], sign: Line, words: string): void {
  const [first = "", ...rest] = linesOf(words);
  sayFitted(line`${sign} ${paint.strong(names.join(", "))}: ${first}`);
  for (const one of rest) sayFitted(line`  ${one}`);
}

/** A line that goes on in the next one where a terminal is too narrow for it. */
function sayFitted(words: Line): void {
  const columns = terminalColumns();
  sayLines(columns === undefined ? [words] : wrapped(words, columns));
}

/** How many stacks came to what, e.g. `4 stacks planned, 3 deferred`. */
function tally({ stacks }: Pick<PlanRun, "stacks">): string {
  const count = (...wanted: readonly string[]) =>
    stacks.filter(({ status }) => wanted.includes(status)).length;
  const others = (["deferred", "failed", "interrupted"] as const).flatMap((status) =>
    count(status) > 0 ? [`${count(status)} ${status}`] : [],
  );
  return [`${pluralize(count("changed", "unchanged"), "stack", "stacks")} planned`, ...others].join(", ");
}

function lineOf(stack: PlannedStack): readonly [Line, string] {
  switch (stack.status) {
    case "changed":
      return [paint.warning("~"), countWords({ ...stack.counts })];
    case "unchanged":
      return [
        paint.good("="),
        stack.counts?.drift ? `no changes, ${stack.counts.drift} drifted` : "no changes",
      ];
    case "deferred":
      return [paint.faint("…"), `deferred: ${stack.deferred?.message ?? ""}`];
    case "failed":
      return [paint.bad("!"), stack.error?.message ?? "failed"];
    case "interrupted":
      return [paint.faint("-"), "interrupted"];
  }
}
