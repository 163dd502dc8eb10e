import { join } from "node:path";
import { type Command, Option } from "commander";
import { CliError, Interrupted } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { commonFaults } from "../console/faults";
import { line, paint, say, sayJson } from "../console/output";
import { driftOf, type EnvironmentDrift, isUnseen } from "../drift/environment";
import { closeGone, type IssueOutcome, settle } from "../drift/issues";
import { gitHub } from "../github/client";
import { runEvent, runUrlOf } from "../github/event";
import { beginResult } from "../plan/beginning";
import { planAll } from "../plan/plan";
import { type PlanScope, plannedNothing } from "../plan/result";
import { endIfInterrupted, interrupted } from "../process/interrupts";
import { findProject } from "../project/project";
import { chooseStacks } from "../project/select";
import { synthesizeOrRead } from "../project/synthesized";
import { markdown } from "../report/markdown";
import type { Report } from "../report/model";
import { readReport } from "../report/read";
import { clean } from "../report/text";
import { findTerraform } from "../terraform/binary";
import { maskedNames, settingOf, withEnvironments, withPlanning, withSharing } from "./options";

/** Result directory, relative to the project's root, when none is given. */
const DRIFT_FOLDER = ".groundplan/drift";

interface DriftFlags {
  readonly environment?: readonly string[];
  readonly from?: string;
  readonly synth: boolean;
  readonly concurrency: number;
  readonly lockTimeout: string;
  readonly mask?: readonly string[];
  readonly profile?: string;
  readonly result?: string;
  readonly sharedProvider: boolean;
  readonly issues?: boolean;
  readonly repository?: string;
  readonly author: string;
  readonly artifact?: string;
  readonly runUrl?: string;
  readonly detailedExitcode?: boolean;
  readonly json?: boolean;
}

/** Adds `groundplan drift`. */
export function addDrift(program: Command): void {
  withSharing(
    withPlanning(
      withEnvironments(
        program
          .command("drift")
          .argument("[stacks...]", "names of the stacks, `*` for any text (default: all)"),
      )
        .summary("report what changed outside of Terraform, and keep an issue for it")
        .description(
          "Reports which resources differ from the state because somebody changed them outside of Terraform.\n\n" +
            "With --issues, GitHub has one issue for each environment that has drifted: opened, updated, and closed when the drift is gone.",
        )
        .option("--from <folder>", "take the drift from this result directory, and plan nothing"),
      DRIFT_FOLDER,
    ),
  )
    .option("--issues", "open, update and close the issues; the token is GITHUB_TOKEN")
    .option("--repository <owner/name>", "repository (default: GITHUB_REPOSITORY)")
    .option("--author <login>", "login of the token's owner", "github-actions[bot]")
    .option("--run-url <url>", "address of the run that has everything (default: this one)")
    .option("--artifact <name>", "name of the run's artifact that has everything")
    .addOption(new Option("--detailed-exitcode", "as Terraform does: exit with 2 when something has drifted"))
    .option("--json", "print the drift as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan drift\n  $ npx groundplan drift dev-network\n  $ npx groundplan drift --issues --artifact groundplan-drift\n  $ npx groundplan drift --from .groundplan/plan --json\n${EXIT_HELP}`,
    )
    .action(async (patterns: readonly string[], flags: DriftFlags) => {
      check(patterns, flags);
      const report = readReport(flags.from ?? (await look(patterns, flags)));
      if (plannedNothing(report)) throw new CliError(EXIT.FAILED, "nothing was checked", report.verdict.text);
      const all = driftOf(report);
      const outcomes = flags.issues ? await settleAll(all, flags, process.env) : undefined;
      if (flags.json) sayJson({ format: "groundplan.drift", version: 1, environments: all });
      else for (const [at, one] of all.entries()) tell(one, outcomes?.[at]);
      if (flags.issues) await settleGone(report, all, flags, process.env);
      if (flags.detailedExitcode && all.some(({ kind }) => kind === "drifted")) process.exitCode = 2;
      if (all.some(({ report: { stacks } }) => stacks.some(isUnseen))) process.exitCode = EXIT.FAILED;
    });
}

/** @throws CliError for options that do not go together. */
function check(patterns: readonly string[], { from, issues, environment }: DriftFlags): void {
  if (from !== undefined && (patterns.length > 0 || environment !== undefined)) {
    throw new CliError(
      EXIT.USAGE,
      "--from takes the stacks of its result directory",
      "leave out the stacks and --environment",
    );
  }
  if (!issues || patterns.length === 0) return;
  throw new CliError(
    EXIT.USAGE,
    "an issue is of a whole environment: of some stacks it would be closed while others have drifted",
    "leave out the stacks, or name environments: --issues --environment dev",
  );
}

/** Plans the stacks, refresh-only; gives the result directory. */
async function look(patterns: readonly string[], flags: DriftFlags): Promise<string> {
  const project = findProject();
  const mask = maskedNames(project, flags);
  const result = flags.result ?? join(project.root, DRIFT_FOLDER);
  const { environment: environments } = flags;
  const all = patterns.length === 0 && environments === undefined;
  const asked: PlanScope = all ? { kind: "all" } : { kind: "named", names: patterns };
  const { terraform, stacks } = await beginResult({ project, result, scope: asked }, async () => ({
    terraform: await findTerraform(),
    stacks: await synthesizeOrRead(project, flags.synth, flags.json),
  }));
  const names = chooseStacks(stacks, { patterns, environments });
  await planAll({
    setting: settingOf({ project, terraform, mask }, flags),
    stacks,
    names,
    scope: all ? asked : { kind: "named", names },
    concurrency: flags.concurrency,
    result,
    refreshOnly: true,
    shareProvider: flags.sharedProvider,
    quiet: flags.json ?? false,
  });
  if (interrupted.aborted) throw new Interrupted();
  return result;
}

async function settleAll(
  all: readonly EnvironmentDrift[],
  flags: DriftFlags,
  env: NodeJS.ProcessEnv,
): Promise<readonly IssueOutcome[]> {
  const github = gitHub(flags.repository ?? env.GITHUB_REPOSITORY, env);
  const event = runEvent(env);
  const runUrl = flags.runUrl ?? runUrlOf(env);
  const outcomes: IssueOutcome[] = [];
  for (const drift of all) {
    endIfInterrupted();
    const { report, environment } = drift;
    const text = markdown(report, {
      title: "Drift",
      ...(runUrl ? { runUrl } : {}),
      ...(flags.artifact ? { artifact: flags.artifact } : {}),
    });
    const marker = {
      subject: `drift:${report.app}:${environment}`,
      head: report.commit ?? "",
      run: event?.run ?? { number: 0, attempt: 1 },
    };
    outcomes.push(await settle(github, { drift, marker, text, author: flags.author }));
  }
  return outcomes;
}

/** Only who has looked at every stack can say that an environment is gone. */
async function settleGone(
  { app, scope, outcome }: Report,
  all: readonly EnvironmentDrift[],
  flags: DriftFlags,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (scope.kind !== "all" || outcome !== "complete") return;
  const gone = await closeGone(gitHub(flags.repository ?? env.GITHUB_REPOSITORY, env), {
    prefix: `drift:${app}:`,
    environments: all.map(({ environment }) => environment),
    run: runEvent(env)?.run ?? { number: 0, attempt: 1 },
    author: flags.author,
  });
  if (flags.json) return;
  for (const { environment, url } of gone) {
    say(line`${clean(environment) || "(no environment)"}: no longer in the code  issue closed: ${url}`);
  }
}

function tell({ environment, kind, report }: EnvironmentDrift, outcome: IssueOutcome | undefined): void {
  const color = kind === "none" ? paint.good : paint.warning;
  const issue = outcome?.url ? `  issue ${outcome.kind}: ${outcome.url}` : "";
  say(line`${clean(environment) || "(no environment)"}: ${color(report.verdict.text)}${issue}`);
  for (const stack of report.stacks) {
    for (const { address, action } of stack.drift) {
      const how = action === "delete" ? "was deleted" : "was changed";
      say(line`  ${clean(stack.name)}  ${clean(address)} ${how}`);
    }
  }
  const failed = report.stacks.flatMap(({ name, error }) =>
    error ? [{ name, message: error.message }] : [],
  );
  for (const { names, message } of commonFaults(failed))
    say(line`  ${clean(names.join(", "))}  ${clean(message)}`);
}
