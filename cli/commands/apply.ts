import { existsSync } from "node:fs";
import { join } from "node:path";
import { stdin } from "node:process";
import { type Command, InvalidArgumentError, Option } from "commander";
import { applyAll } from "../apply/apply";
import type { OnDrift } from "../apply/approval";
import { orderOf } from "../apply/order";
import { previewPlan } from "../apply/preview";
import { APPLY_FOLDER } from "../apply/result";
import { Review } from "../apply/review";
import { linesOfRun } from "../apply/said";
import { CliError, Interrupted } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { line, paint, say, sayJson, sayLines, terminalColumns } from "../console/output";
import { RESULT_FOLDER } from "../plan/result";
import { interrupted } from "../process/interrupts";
import { findProject, type Project, readNaming, type Stack } from "../project/project";
import { chooseStacks, stackOfName } from "../project/select";
import { readSettings } from "../project/settings";
import { synthesizeOrRead } from "../project/synthesized";
import { isQuiet } from "../report/report";
import { terminal } from "../report/terminal";
import { findTerraform } from "../terraform/binary";
import { confirmedBy } from "./confirm";
import { maskedNames, settingOf, withPlanning, withSharing } from "./options";

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
            "Without a reviewed plan it plans, shows the plan and asks, on a terminal. What was deferred at the review is planned after its upstream; when it deletes or replaces something, that very plan has to be approved. " +
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
      const asks = asksFirst(project, flags);
      const reviewed = asks ? undefined : reviewOf(project, flags);
      const terraform = await findTerraform();
      const stacks = await synthesizeOrRead(project, flags.synth, flags.json);
      const names = choose(stacks, patterns, reviewed, flags);
      const environments = orderOf({
        stacks,
        names,
        asked: flags.environment,
        promotion: readSettings(project).promotion,
        unclear: readNaming(project, stacks).unclear,
      });
      for (const name of flags.approve?.keys() ?? []) stackOfName(stacks, name);
      const common = {
        setting: settingOf({ project, terraform, mask }, flags),
        stacks,
        names,
        concurrency: flags.concurrency,
        shareProvider: flags.sharedProvider,
      };
      const review = asks
        ? await askedFor({ ...common, result: join(project.root, ASKED_FOLDER) })
        : reviewed;
      if (asks && !review) return;
      const run = await applyAll({
        ...common,
        environments,
        ...(review ? { review } : {}),
        onDrift: flags.onDrift,
        approvals: flags.approve ?? new Map(),
        result: flags.result ?? join(project.root, APPLY_FOLDER),
        quiet: flags.json ?? false,
      });
      if (flags.json) sayJson(run);
      else sayLines(linesOfRun(run));
      if (interrupted.aborted) throw new Interrupted();
      if (run.outcome !== "complete") process.exitCode = EXIT.FAILED;
    });
}

/** Where the plan is that is shown; not where a reviewed one is, for nobody may have said yes to it. */
const ASKED_FOLDER = ".groundplan/apply-plan";

/** Whether the plan is shown and asked for: without one that was reviewed, on a terminal. */
function asksFirst(project: Project, { reviewed, autoApprove, json }: ApplyFlags): boolean {
  const isNamed = reviewed !== undefined || autoApprove === true || json === true;
  return !isNamed && stdin.isTTY === true && !existsSync(join(project.root, RESULT_FOLDER));
}

/** Plans, shows the plan, and asks; undefined when nothing is to be applied, or it is not wanted. */
async function askedFor(props: Parameters<typeof previewPlan>[0]): Promise<Review | undefined> {
  const { review, report } = await previewPlan(props);
  if (interrupted.aborted) throw new Interrupted();
  // Whatever its length: nobody can say yes to what was not shown.
  sayLines([line``, ...terminal(report, { diff: true, columns: terminalColumns() })]);
  if (report.verdict.kind === "failed") {
    throw new CliError(EXIT.FAILED, report.verdict.text, "nothing was applied");
  }
  if (isQuiet(report) && report.stacks.every(({ drift }) => drift.length === 0)) {
    say(line`${paint.good("Nothing to apply")}.`);
    return undefined;
  }
  const question = [line``, line`Type ${paint.strong("yes")} to apply this plan`];
  if (await confirmedBy("yes", question)) return review;
  process.exitCode = EXIT.FAILED;
  say(line`Nothing was applied.`);
  return undefined;
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
    "plan first: npx groundplan plan; or apply without a review: --auto-approve; on a terminal, the plan is shown and asked for",
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
