import type { Command } from "commander";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { commonFaults } from "../console/faults";
import { type Line, line, padded, paint, say, sayJson, sayProblem } from "../console/output";
import { LIST_FORMAT, LIST_VERSION, type ListedStack, listStacks, withStates } from "../list/listed-stacks";
import { findProject } from "../project/project";
import { chooseStacks, environmentsOf } from "../project/select";
import { readSettings } from "../project/settings";
import { synthesizeOrRead } from "../project/synthesized";
import { withEnvironments } from "./options";

interface ListFlags {
  readonly environment?: readonly string[];
  readonly synth: boolean;
  readonly state?: boolean;
  readonly json?: boolean;
}

/** Adds `groundplan list`. */
export function addList(program: Command): void {
  withEnvironments(
    program
      .command("list")
      .argument("[stacks...]", "names of the stacks, `*` for any text (default: all)")
      .summary("the stacks, their environments, and where their states are")
      .description(
        "Lists the stacks of the app, environment by environment, upstream first: what each needs before it, and where its state is.\n\n" +
          "It asks nobody but the app, unless --state is given: then S3 says when each state was written last, which is the last apply.",
      ),
  )
    .option("--no-synth", "use what is already synthesized")
    .option("--state", "say when each state in S3 was written last; needs credentials")
    .option("--json", "print the list as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan list\n  $ npx groundplan list --environment dev --state\n  $ npx groundplan list 'dev-*' --no-synth --json\n${EXIT_HELP}`,
    )
    .action(async (patterns: readonly string[], flags: ListFlags) => {
      const project = findProject();
      const stacks = await synthesizeOrRead(project, flags.synth, true);
      const names = chooseStacks(stacks, { patterns, environments: flags.environment });
      const listed = listStacks(stacks, names);
      const found = flags.state ? await withStates(listed, stacks) : listed;
      if (flags.json) sayJson({ format: LIST_FORMAT, version: LIST_VERSION, stacks: found });
      else sayStacks(found, readSettings(project).promotion);
      const unseen = found.flatMap(({ name, state }) =>
        state.unseen === undefined ? [] : [{ name, message: state.unseen }],
      );
      for (const { names: of, message } of flags.json ? [] : commonFaults(unseen)) {
        sayProblem(line`${paint.bad("Not checked")}: ${paint.strong(of.join(", "))}, `, message);
      }
      if (unseen.length > 0) process.exitCode = EXIT.FAILED;
    });
}

function sayStacks(stacks: readonly ListedStack[], promotion: readonly string[] | undefined): void {
  const width = Math.max(...stacks.map(({ name }) => name.length), 0);
  for (const environment of ["", ...environmentsOf(stacks, promotion)]) {
    const own = stacks.filter((stack) => (stack.environment ?? "") === environment);
    if (own.length === 0) continue;
    say(paint.strong(environment || "(no environment)"));
    for (const stack of own) say(line`  ${padded(stack.name, width)}  ${whereOf(stack)}${whenOf(stack)}`);
    for (const { name, dependencies } of own) {
      if (dependencies.length > 0) say(paint.faint(`  ${name} after ${dependencies.join(", ")}`));
    }
  }
}

function whereOf({ state }: ListedStack): Line {
  if (state.key !== undefined) return line`s3://${state.bucket ?? ""}/${state.key}`;
  return line`backend ${state.backend}`;
}

function whenOf({ state: { written, unseen } }: ListedStack): Line {
  if (unseen !== undefined) return line`  ${paint.bad("not checked")}`;
  if (written === undefined) return line``;
  if (written === null) return line`  ${paint.faint("not applied yet")}`;
  return line`  written ${written.slice(0, 16).replace("T", " ")} UTC`;
}
