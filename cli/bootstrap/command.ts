import { join } from "node:path";
import type { Command } from "commander";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { paint, say, sayJson } from "../console/output";
import { type Progress, runSteps } from "../console/tasks";
import { type StateStack, stateStacks } from "../project/backend";
import { findProject, type Project, readStacks } from "../project/project";
import { synthesizeIfMissing } from "../project/synth";
import { findTerraform } from "../terraform/binary";
import { providerEnvironment } from "../terraform/mirror";
import { type BootstrapResult, bootstrap } from "./bootstrap";
import { forceUnlock } from "./unlock";

interface BootstrapFlags {
  readonly stack?: readonly string[];
  readonly forceUnlock?: string;
  readonly json?: boolean;
}

/** Adds `groundplan bootstrap`. */
export function addBootstrap(program: Command): void {
  program
    .command("bootstrap")
    .summary("make the state bucket and the lock table")
    .description(
      "Makes the bucket and the lock table that hold the Terraform state of an account, and moves their own state into them.\n\n" +
        "Running it again changes nothing. Interrupted at any point, it goes on where it was.",
    )
    .option(
      "-s, --stack <name...>",
      "only these state stacks (default: every stack that makes its own state bucket)",
    )
    .option("--force-unlock <id>", "release this lock, which a run has left behind, and go on")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan bootstrap\n  $ AWS_PROFILE=prod npx groundplan bootstrap --stack state-prod\n  $ npx groundplan bootstrap --json\n${EXIT_HELP}`,
    )
    .action(async (flags: BootstrapFlags) => {
      const project = findProject();
      const results = await bootstrapAll(project, flags);
      if (flags.json) sayJson(results);
      else for (const result of results) say(describe(result));
    });
}

/**
 * Bootstraps the state stacks of a project, one after another.
 *
 * @param inside - progress of a step that this is part of; by default it shows steps of its own.
 */
export async function bootstrapAll(
  project: Project,
  flags: BootstrapFlags,
  inside?: Progress,
): Promise<readonly BootstrapResult[]> {
  const terraform = await findTerraform();
  const env = providerEnvironment(join(project.root, ".groundplan", "terraform.rc"));
  await synthesizeIfMissing(project, env);
  const results: BootstrapResult[] = [];
  const steps = chosen(project, flags.stack).map((target) => ({
    title: `${target.stack.name}: state in ${target.state.bucket}`,
    run: async (_: object, progress: Progress) => {
      if (flags.forceUnlock) await forceUnlock(project, target, flags.forceUnlock, terraform.command, env);
      const result = await bootstrap({ project, target, terraform: terraform.command, env, progress });
      results.push(result);
      return result.outcome;
    },
  }));
  if (inside) for (const step of steps) await step.run({}, inside);
  else await runSteps(steps, {}, flags.json);
  return results;
}

function chosen(project: Project, names: readonly string[] | undefined): readonly StateStack[] {
  const all = stateStacks(readStacks(project));
  const known = all.map(({ stack }) => stack.name);
  if (all.length === 0) {
    throw new CliError(
      EXIT.USAGE,
      "no stack makes the bucket in which it keeps its own state",
      `at ${project.output}`,
      "add a state stack, as docs/state.md says, and synthesize again",
    );
  }
  const unknown = (names ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CliError(EXIT.USAGE, `no state stack ${unknown.join(", ")}`, `use one of ${known.join(", ")}`);
  }
  return names ? all.filter(({ stack }) => names.includes(stack.name)) : all;
}

/** A result in a sentence. */
export function describe(result: BootstrapResult): string {
  const where = `bucket ${paint.strong(result.bucket)}${result.table ? `, lock table ${paint.strong(result.table)}` : ""}, account ${result.account}`;
  if (result.outcome === "unchanged") return `${paint.good("Nothing to do")}: ${where}.`;
  if (result.outcome === "differs") {
    return `${paint.warning("It stands, and the stack says something else")}: ${where}.\n  see and apply the difference: npx cdktf deploy ${result.stack}`;
  }
  const imported =
    result.imported.length > 0 ? `\n  taken over, since it was there: ${result.imported.join(", ")}` : "";
  return `${paint.good("Done")}: ${where}.${imported}`;
}
