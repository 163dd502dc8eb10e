import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { WITHOUT_HOOKS } from "../process/git-variables";
import { run } from "../process/run";
import { WorkFolder } from "../process/work-folder";
import type { FileChange } from "./draft";

/** The files with the format that the project's own Biome gives them; as they are where it has none. */
export async function formatted(
  root: string,
  changes: readonly FileChange[],
): Promise<readonly FileChange[]> {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  if (!existsSync(biome)) return changes;
  return Promise.all(
    changes.map(async (change) => {
      if (!/\.(?:ts|json)$/.test(change.path)) return change;
      const args = [biome, "check", "--write", "--linter-enabled=false", `--stdin-file-path=${change.path}`];
      const { exitCode, stdout } = await run(process.execPath, args, { cwd: root, input: change.after });
      // Where it fails, e.g. for a setting that it does not know, `npm run check` says why.
      return exitCode === 0 && stdout !== "" ? { ...change, after: `${stdout}\n` } : change;
    }),
  );
}

/** @throws CliError when a file that is changed has changes already that are not committed: the two could not be told apart. */
export async function refuseUncommitted(root: string, changes: readonly FileChange[]): Promise<void> {
  const paths = changes.filter(({ before }) => before !== undefined).map(({ path }) => path);
  const args = ["status", "--porcelain", "--untracked-files=no", "--", ...paths];
  const { exitCode, stdout } = await run("git", args, { cwd: root, env: WITHOUT_HOOKS });
  // Without git, or in no repository, nothing is committed at all.
  if (exitCode !== 0 || stdout.trim() === "") return;
  const names = stdout.split("\n").map((line) => line.slice(3));
  throw new CliError(
    EXIT.USAGE,
    `changes that are not committed are in ${names.join(", ")}: nothing was written`,
    "commit or stash them first, or give --allow-dirty",
  );
}

/** What changes in each file that is there already: lines of a unified diff, by its path. */
export async function diffs(
  root: string,
  changes: readonly FileChange[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const changed = changes.filter(({ before }) => before !== undefined);
  return WorkFolder.during({ root }, async (folder) => {
    const entries = changed.map(
      async ({ path, before = "", after }): Promise<[string, readonly string[]]> => {
        for (const [side, text] of [
          ["before", before],
          ["after", after],
        ] as const) {
          mkdirSync(dirname(folder.file(`${side}/${path}`)), { recursive: true });
          writeFileSync(folder.file(`${side}/${path}`), text);
        }
        const args = [
          "diff",
          "--no-index",
          "--no-color",
          "--no-ext-diff",
          "--unified=1",
          `before/${path}`,
          `after/${path}`,
        ];
        const { stdout } = await run("git", args, { cwd: folder.path, env: WITHOUT_HOOKS });
        const lines = stdout.split("\n");
        return [path, lines.slice(lines.findIndex((line) => line.startsWith("@@")))];
      },
    );
    return new Map(await Promise.all(entries));
  });
}
