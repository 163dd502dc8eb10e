import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { applyAll } from "../apply/apply";
import type { OnDrift } from "../apply/approval";
import { nextSteps } from "../apply/next";
import { orderOf } from "../apply/order";
import { APPLY_FOLDER, type AppliedStack, type ApplyRun } from "../apply/result";
import { Review } from "../apply/review";
import { CliError, Interrupted } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { commonFaults } from "../console/faults";
import { type Line, line, linesOf, paint, say, sayJson, sayText } from "../console/output";
import { RESULT_FOLDER } from "../plan/result";
import { interrupted } from "../process/interrupts";
import { findProject, type Project, readNaming, type Stack } from "../project/project";
import { chooseStacks } from "../project/select";
import { readSettings } from "../project/settings";
import { synthesizeOrRead } from "../project/synthesized";
import { findTerraform } from "../terraform/binary";
import { terraformEnvironment } from "../terraform/stack";
import { maskedNames, withPlanning, withSharing } from "./options";

interface ApplyFlags {
  readonly environment?: readonly string[];
  readonly reviewed?: string;
  readonly autoApprove?: boolean;
  readonly approve?: ReadonlyMap<string, string>;
  readonly onDrift: OnDrift;
  readonly synth: boolean;
  readonly concurrency: number;
  readonly lockTimeout: string;
  readonly mask?: readonly string[];
  readonly profile?: string;
  readonly sharedProvider: boolean;
  readonly result?: string;
  readonly json?: boolean;
}

/** Adds `groundplan apply`. */
export function addApply(program: Command): void {
  withSharing(
    withPlanning(
      program
        .command("apply")
        .argument(
          "[stacks...]",
          "names of the stacks, `*` for any text (default: those of the reviewed plan)",
        )
        .summary("apply what was reviewed, environment by environment")
        .description(
          "Plans each stack afresh, compares with the plan that was reviewed by what it does, and applies it when it does nothing else.\n\n" +
            "What was deferred at the review is planned after its upstream; when it deletes or replaces something, that very plan has to be approved. " +
            "Run it again after a failure or an interruption: it does what is left.",
        )
        .option("-e, --environment <name...>", "environments, in the order in which they are applied")
        .option("--reviewed <folder>", `result directory of the reviewed plan (default: ${RESULT_FOLDER})`)
        .option("--auto-approve", "apply without a reviewed plan")
        .option(
          "--approve <stack=digest>",
          "approve this plan of a stack; may be given several times",
          approval,
        )
        .addOption(
          new Option("--on-drift <what>", "when a plan does something else than was reviewed")
            .choices(["fail", "warn"])
            .default("fail"),
        ),
      APPLY_FOLDER,
    ),
  )
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan apply --environment dev\n  $ npx groundplan apply --environment dev staging --reviewed plan-of-the-pull-request\n  $ npx groundplan apply dev-cluster --approve dev-cluster=3f1c0d9a77be\n  $ npx groundplan apply 'dev-*' --auto-approve\n${EXIT_HELP}`,
    )
    .action(async (patterns: readonly string[], flags: ApplyFlags) => {
      const project = findProject();
      const mask = maskedNames(project, flags);
      const review = reviewOf(project, flags);
      const terraform = await findTerraform();
      const stacks = await synthesizeOrRead(project, flags.synth, flags.json);
      const names = choose(stacks, patterns, review, flags);
      const run = await applyAll({
        setting: {
          project,
          terraform,
          env: terraformEnvironment(project, flags.profile),
          lockTimeout: flags.lockTimeout,
          mask,
        },
        stacks,
        names,
        environments: orderOf({
          stacks,
          names,
          asked: flags.environment,
          promotion: readSettings(project).promotion,
          unclear: readNaming(project, stacks).unclear,
        }),
        ...(review ? { review } : {}),
        onDrift: flags.onDrift,
        approvals: flags.approve ?? new Map(),
        concurrency: flags.concurrency,
        shareProvider: flags.sharedProvider,
        result: flags.result ?? join(project.root, APPLY_FOLDER),
        quiet: flags.json ?? false,
      });
      if (flags.json) sayJson(run);
      else sayRun(run);
      if (interrupted.aborted) throw new Interrupted();
      if (run.outcome !== "complete") process.exitCode = EXIT.FAILED;
    });
}

function reviewOf(project: Project, { reviewed, autoApprove }: ApplyFlags): Review | undefined {
  if (autoApprove) {
    if (reviewed === undefined) return undefined;
    throw new CliError(EXIT.USAGE, "--auto-approve applies without a review", "leave it out, or --reviewed");
  }
  const folder = reviewed ?? join(project.root, RESULT_FOLDER);
  if (existsSync(folder)) return new Review(folder);
  throw new CliError(
    EXIT.USAGE,
    "there is no reviewed plan",
    `at ${folder}`,
    "plan first: npx groundplan plan; or apply without a review: --auto-approve",
  );
}

function choose(
  stacks: readonly Stack[],
  patterns: readonly string[],
  review: Review | undefined,
  { environment }: ApplyFlags,
): readonly string[] {
  const reviewed = review?.run.stacks.map(({ name }) => name);
  const names = chooseStacks(stacks, { patterns, environments: environment });
  return patterns.length > 0 || !reviewed ? names : names.filter((name) => reviewed.includes(name));
}

function approval(
  text: string,
  before: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const [, stack, digest] = /^(.+)=([0-9a-f]{12})$/.exec(text) ?? [];
  if (stack === undefined || digest === undefined) {
    throw new InvalidArgumentError("use <stack>=<digest>, as the refusal printed it");
  }
  return new Map([...before, [stack, digest]]);
}

function sayRun(run: ApplyRun): void {
  say();
  const failedAlike = run.stacks.filter(({ status, done }) => status === "failed" && !done);
  for (const stack of run.stacks) {
    if (failedAlike.includes(stack)) continue;
    const [message, ...rest] = stack.message ? linesOf(stack.message) : [];
    const end = message === undefined ? "" : line`: ${message}`;
    say(line`${sign(stack)} ${paint.strong(stack.name)}: ${stack.status.replace("-", " ")}${end}`);
    for (const one of rest) say(line`  ${one}`);
    for (const difference of stack.differences ?? []) say(line`    ${difference}`);
    if (stack.status === "failed" && stack.done) say(line`    done: ${stack.done.join(", ") || "nothing"}`);
    if (stack.left && stack.left.length > 0) say(line`    left: ${stack.left.join(", ")}`);
  }
  const faults = failedAlike.map(({ name, message = "" }) => ({ name, message }));
  for (const { names, message } of commonFaults(faults)) {
    const [first = "", ...rest] = linesOf(message);
    say(line`${paint.bad("!")} ${paint.strong(names.join(", "))}: failed: ${first}`);
    for (const one of rest) say(line`  ${one}`);
  }
  if (run.stacks.length === 0) say(line`${paint.good("Nothing to apply")}.`);
  const next = nextSteps(run);
  say();
  if (next.length === 0) say(line`${paint.good("Done")} in ${run.seconds.toFixed(0)} s.`);
  for (const step of next) sayText(step);
}

function sign({ status }: AppliedStack): Line {
  if (status === "applied") return paint.good("✓");
  if (status === "unchanged") return paint.good("=");
  return status === "failed" || status === "refused" ? paint.bad("!") : paint.faint("…");
}
