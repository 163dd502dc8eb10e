import type { Command } from "commander";
import { artifactStacks } from "../artifact/target";
import { type BootstrapFlags, bootstrapAll } from "../bootstrap/all";
import type { BootstrapResult } from "../bootstrap/bootstrap";
import { EXIT_HELP } from "../console/exit-codes";
import { type Line, line, paint, say, sayJson } from "../console/output";
import { findProject, readStacks } from "../project/project";

/** Adds `groundplan bootstrap`. */
export function addBootstrap(program: Command): void {
  program
    .command("bootstrap")
    .summary("make the state bucket, the lock table, and first artifacts")
    .description(
      "Makes the bucket and the lock table that hold the Terraform state of an account, and moves their own state into them. " +
        "Then a first artifact of each service is pinned in each environment of the account, so that its stack can be deployed. " +
        "The account that owns the artifact bucket comes first; another one is let in by the bucket's policy.\n\n" +
        "Running it again changes nothing. After an interruption it continues where it stopped.",
    )
    .option(
      "-s, --stack <name...>",
      "only these state stacks (default: every stack that makes its own state bucket)",
    )
    .option("--skip-synth", "use the stacks as they were last synthesized")
    .option("--force-unlock <id>", "release this lock, left by an earlier run, and continue")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan bootstrap\n  $ AWS_PROFILE=prod npx groundplan bootstrap --stack state-prod\n  $ npx groundplan bootstrap --json\n${EXIT_HELP}`,
    )
    .action(async (flags: BootstrapFlags) => {
      const project = findProject();
      const results = await bootstrapAll(project, flags);
      if (flags.json) return sayJson({ format: "groundplan.bootstrap", version: 1, stacks: results });
      for (const words of results.flatMap(describe)) say(words);
      const made = results.map(({ stack }) => stack);
      for (const { stack, location } of artifactStacks(readStacks(project)))
        if (made.includes(stack.name)) say(line`Artifacts are in bucket ${paint.strong(location.bucket)}.`);
    });
}

/** A result in a sentence, and what to do or to know in another one. */
function describe(result: BootstrapResult): readonly Line[] {
  const table = result.table ? line`, lock table ${paint.strong(result.table)}` : "";
  const where = line`bucket ${paint.strong(result.bucket)}${table}, account ${result.account}`;
  if (result.outcome === "unchanged") return [line`${paint.good("Nothing to do")}: ${where}.`];
  if (result.outcome === "differs") {
    return [
      line`${paint.warning("It exists, and differs from the stack")}: ${where}.`,
      line`  see and apply the difference: npx cdktf deploy ${result.stack}`,
    ];
  }
  const imported = line`  imported, since it existed: ${result.imported.join(", ")}`;
  return [line`${paint.good("Done")}: ${where}.`, ...(result.imported.length > 0 ? [imported] : [])];
}
