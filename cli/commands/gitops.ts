import type { Command } from "commander";
import { addSubcommands } from "../console/subcommands";
import { examples } from "./gitops-options";

/** What adds each subcommand, in the order of `--help`. */
const SUBCOMMANDS = {
  "set-image": async () => (await import("./gitops-image.js")).addSetImage,
  wait: async () => (await import("./gitops-wait.js")).addWait,
  status: async () => (await import("./gitops-status.js")).addStatus,
  analyze: async () => (await import("./gitops-analyze.js")).addAnalyze,
  "promote-canary": async () => (await import("./gitops-promote-canary.js")).addPromoteCanary,
  revert: async () => (await import("./gitops-image.js")).addRevert,
  rollback: async () => (await import("./gitops-rollback.js")).addRollback,
};

/** Adds `groundplan gitops …`. */
export async function addGitops(program: Command, named?: string): Promise<void> {
  const gitops = program
    .command("gitops")
    .summary("set images in Git, wait until they run, judge canaries, and roll back")
    .description(
      "Sets the image of an environment by a commit, waits until Argo CD has synced it and it is healthy, and takes it back.",
    )
    .addHelpText(
      "after",
      examples(
        "set-image dev app sha256:<64 hex digits>",
        "wait dev --revision <commit>",
        "status prod",
        "rollback prod app",
      ),
    );
  await addSubcommands(gitops, SUBCOMMANDS, named);
}
