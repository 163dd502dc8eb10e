import { realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Command } from "commander";
import { affectedStacks } from "../affected/affected";
import { affectedLines } from "../affected/said";
import { CliError, Interrupted } from "../console/errors";
import { EXIT_HELP } from "../console/exit-codes";
import { line, paint, say, sayLines, sayProblem } from "../console/output";
import { Repository } from "../git/repository";
import { interrupted } from "../process/interrupts";
import { synthFolders } from "../project/app";
import { findProject } from "../project/project";
import { watchFiles } from "../watch/watch";

interface WatchFlags {
  readonly base: string;
  readonly prepare?: string;
}

/** Adds `groundplan watch`. */
export function addWatch(program: Command): void {
  program
    .command("watch")
    .summary("on each save, the stacks that your change touches")
    .description(
      "Synthesizes on each save, and says which stacks the files as they are here touch, and why, as `groundplan affected` does. Ctrl-C ends it.\n\n" +
        "It watches the repository without what git ignores. A file that is written with the same content counts as unchanged.",
    )
    .option("-b, --base <ref>", "commit or branch to compare with", "HEAD")
    .option("--prepare <command>", "command that prepares the base's checkout for its synth")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan watch\n  $ npx groundplan watch --base origin/main\n${EXIT_HELP}`,
    )
    .action(watchAffected);
}

async function watchAffected({ base, prepare }: WatchFlags): Promise<void> {
  const project = findProject();
  const repository = await Repository.ofProject(
    project.root,
    "there is nothing to compare with: git init, and commit",
  );
  const look = async () => {
    const { result } = await affectedStacks({
      project,
      base,
      ...(prepare === undefined ? {} : { prepare }),
      progress: () => undefined,
    });
    sayLines([...affectedLines(result), line``, paint.faint("watching; Ctrl-C ends it")]);
  };
  const { root } = repository;
  const inRoot = (path: string) =>
    relative(root, join(realpathSync(project.root), relative(project.root, path)));
  const written = [inRoot(project.output), ...(await repository.ignoredFolders())];
  const synth = inRoot(synthFolders(project));
  await watchFiles({
    root,
    omits: (path) =>
      path.startsWith(synth) || written.some((one) => path === one || path.startsWith(one + sep)),
    counted: (paths) => repository.notIgnored(paths),
    signal: interrupted,
    onReady: look,
    onChange: async (paths) => {
      const more = paths.length > 3 ? ` and ${paths.length - 3} more` : "";
      say(
        line`${new Date().toISOString().slice(11, 19)} ${paint.strong(paths.slice(0, 3).join(", "))}${more} changed`,
      );
      try {
        await look();
      } catch (error) {
        if (!(error instanceof CliError) || error instanceof Interrupted) throw error;
        sayProblem(line`${paint.bad("Error")}: `, error.message);
      }
    },
  });
}
