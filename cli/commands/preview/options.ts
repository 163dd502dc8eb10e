import type { Command } from "commander";
import { EXIT_HELP } from "../../console/exit-codes";
import { gitHub } from "../../github/client";
import { findWanted, type Wanted } from "../../preview/claim";
import { type Dispatched, dispatch } from "../../preview/dispatch";
import type { Metadata } from "../../preview/metadata";
import { checkPreviewName } from "../../preview/name";
import { PreviewPlatform } from "../../preview/platform";
import { PreviewStore } from "../../preview/store";
import { runSteps } from "../../progress/tasks";

/** Which preview is meant. */
export interface WantedFlags {
  readonly branch?: string;
  readonly repository?: string;
}

/** Adds the options that name a preview by its branch. */
export function withBranch(command: Command): Command {
  return command
    .option("--branch <name>", "the preview of this branch")
    .option("--repository <owner/name>", "GitHub repository of the branch (default: GITHUB_REPOSITORY)");
}

/** What a name and options mean. */
export function wantedOf(name: string | undefined, { branch, repository }: WantedFlags): Wanted {
  const of = branch === undefined ? undefined : repository || process.env.GITHUB_REPOSITORY || undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(branch === undefined ? {} : { branch }),
    ...(of === undefined ? {} : { repository: of }),
  };
}

/** The platform's previews. */
export function storeHere(platform: PreviewPlatform = PreviewPlatform.find()): PreviewStore {
  return new PreviewStore(platform.bucket);
}

/** A preview that has to be there, by its name or its branch. */
export async function previewOf(
  store: PreviewStore,
  name: string | undefined,
  flags: WantedFlags = {},
): Promise<Metadata> {
  if (flags.branch === undefined) return store.get(checkPreviewName(name ?? ""));
  const found = await findWanted(store, wantedOf(undefined, flags));
  return found ?? store.get(name ?? "");
}

/** Examples below the help of a command. */
export function examples(...lines: readonly string[]): string {
  const shown = lines.map((one) => `  $ npx groundplan preview ${one}`).join("\n");
  return `\nExample${lines.length > 1 ? "s" : ""}:\n${shown}\n${EXIT_HELP}`;
}

/** Adds the option that lets GitHub do it. */
export function withDispatch(command: Command): Command {
  return command.option(
    "--dispatch",
    "let the workflow of the platform's repository do it, and follow its run",
  );
}

/** Dispatches a workflow of the platform's repository and follows its run, with progress. */
export async function dispatched(what: Dispatched, quiet: boolean): Promise<void> {
  const platform = PreviewPlatform.find();
  const github = gitHub(platform.need("repository"), process.env);
  await runSteps(
    [{ title: what.workflow, run: (_, progress) => dispatch(github, what, progress), tells: true }],
    {},
    quiet,
  );
}
