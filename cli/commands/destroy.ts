import { join } from "node:path";
import type { Command } from "commander";
import { applyAll } from "../apply/apply";
import { confirmationsOf, planDestroy, refusal } from "../apply/destroy";
import type { Protected } from "../apply/protected";
import { DESTROY_FOLDER } from "../apply/result";
import { linesOfRun } from "../apply/said";
import { CliError, Interrupted } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { line, paint, say, sayJson, sayLines, terminalColumns } from "../console/output";
import { pluralize } from "../console/words";
import { interrupted } from "../process/interrupts";
import { findProject, type Stack } from "../project/project";
import { chooseStacks } from "../project/select";
import { synthesizeOrRead } from "../project/synthesized";
import { terminal } from "../report/terminal";
import { findTerraform } from "../terraform/binary";
import { confirmedBy, requireTerminal } from "./confirm";
import { maskedNames, settingOf, withEnvironments, withPlanning, withSharing } from "./options";

interface DestroyFlags {
  readonly environment?: readonly string[];
  readonly autoApprove?: boolean;
  readonly synth: boolean;
  readonly concurrency: number;
  readonly lockTimeout: string;
  readonly profile?: string;
  readonly mask?: readonly string[];
  readonly sharedProvider: boolean;
  readonly result?: string;
  readonly json?: boolean;
}

/** Adds `groundplan destroy`. */
export function addDestroy(program: Command): void {
  withSharing(
    withPlanning(
      withEnvironments(
        program.command("destroy").argument("[stacks...]", "names of the stacks, `*` for any text"),
      )
        .summary("destroy stacks, in the reverse order of their dependencies")
        .description(
          "Plans the destroy of each stack, shows what is lost, and asks for the name of the environment, or of the stack. Each is then planned again, and destroyed when that plan deletes nothing else, those first that others do not depend on.\n\n" +
            "Nothing is begun while a stack that still stands depends on these, or while something is protected. " +
            "Run it again after a failure or an interruption: it destroys what is left.",
        )
        .option("--auto-approve", "do not ask: for automation"),
      DESTROY_FOLDER,
    ),
  )
    .option("--json", "print the result as JSON; needs --auto-approve")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan destroy dev-api\n  $ npx groundplan destroy --environment preview-42\n  $ npx groundplan destroy --environment preview-42 --auto-approve --json\n${EXIT_HELP}`,
    )
    .action(async (patterns: readonly string[], flags: DestroyFlags) => {
      if (patterns.length === 0 && flags.environment === undefined) {
        throw new CliError(
          EXIT.USAGE,
          "which stacks are to be destroyed?",
          "name them, or an environment: npx groundplan destroy --environment dev",
        );
      }
      if (!flags.autoApprove && flags.json) {
        throw new CliError(EXIT.USAGE, "--json asks nobody", "write: --auto-approve --json");
      }
      if (!flags.autoApprove) requireTerminal("give --auto-approve");
      await destroy(patterns, flags);
    });
}

async function destroy(patterns: readonly string[], flags: DestroyFlags): Promise<void> {
  const project = findProject();
  const mask = maskedNames(project, flags);
  const terraform = await findTerraform();
  const quiet = flags.json ?? false;
  const stacks = await synthesizeOrRead(project, flags.synth, quiet);
  const names = chooseStacks(stacks, { patterns, environments: flags.environment });
  const setting = settingOf({ project, terraform, mask }, flags);
  const common = {
    setting,
    stacks,
    names,
    concurrency: flags.concurrency,
    shareProvider: flags.sharedProvider,
    quiet,
  };
  const result = flags.result ?? join(project.root, DESTROY_FOLDER);
  const { report, review, protections, standing } = await planDestroy({
    ...common,
    result: `${result}-plan`,
  });
  if (interrupted.aborted) throw new Interrupted();
  if (!quiet) sayLines([line``, ...terminal(report, { diff: false, columns: terminalColumns() })]);
  if (protections.refused.length > 0) throw refusal(protections.refused);
  if (!quiet) sayHeld(protections.held);
  if (standing.length === 0 && !quiet) return say(line`${paint.good("Nothing to destroy")}: nothing stands.`);
  if (!flags.autoApprove && !(await confirmedAll(stacks.filter(({ name }) => standing.includes(name))))) {
    process.exitCode = EXIT.FAILED;
    return say(line`Nothing was destroyed.`);
  }
  const run = await applyAll({
    ...common,
    environments: [],
    review,
    onDrift: "fail",
    destroy: true,
    approvals: new Map(),
    result,
  });
  if (quiet) sayJson(run);
  else sayLines(linesOfRun(run));
  if (interrupted.aborted) throw new Interrupted();
  if (run.outcome !== "complete") process.exitCode = EXIT.FAILED;
}

function sayHeld(held: readonly Protected[]): void {
  if (held.length === 0) return;
  say();
  say(paint.bad("Lost with it:"));
  for (const { stack, address, why } of held) {
    say(line`  ${paint.strong(address)} ${paint.faint(`in ${stack}`)}: ${why}`);
  }
}

async function confirmedAll(standing: readonly Stack[]): Promise<boolean> {
  for (const { name, stacks } of confirmationsOf(standing)) {
    const count = pluralize(stacks.length, "stack", "stacks");
    const what = stacks.length === 1 && stacks[0] === name ? line`` : line` (${count}: ${stacks.join(", ")})`;
    const question = [line``, line`Type ${paint.strong(name)} to destroy it${what}`];
    if (!(await confirmedBy(name, question))) return false;
  }
  return true;
}
