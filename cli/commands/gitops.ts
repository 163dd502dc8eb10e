import type { Command } from "commander";
import { addAnalyze } from "./gitops-analyze";
import { addRevert, addSetImage } from "./gitops-image";
import { examples } from "./gitops-options";
import { addPromoteCanary } from "./gitops-promote-canary";
import { addRollback } from "./gitops-rollback";
import { addStatus } from "./gitops-status";
import { addWait } from "./gitops-wait";

/** What adds each subcommand, in the order of `--help`. */
const SUBCOMMANDS: readonly ((gitops: Command) => void)[] = [
  addSetImage,
  addWait,
  addStatus,
  addAnalyze,
  addPromoteCanary,
  addRevert,
  addRollback,
];

/** Adds `groundplan gitops …`. */
export function addGitops(program: Command): void {
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
  for (const add of SUBCOMMANDS) add(gitops);
}
