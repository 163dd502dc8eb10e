import type { Command } from "commander";
import { line, paint, say, sayJson } from "../console/output";
import { shortRevision } from "../gitops/judge";
import { shortImage } from "../gitops/message";
import { rollback } from "../gitops/rollback";
import {
  type ClusterFlags,
  checkedName,
  clientsOf,
  examples,
  type TargetFlags,
  withCluster,
  withTarget,
  withTimeout,
  withWorkload,
} from "./gitops-options";
import { targetOf } from "./gitops-target";

interface Flags extends TargetFlags, ClusterFlags {
  readonly to?: string;
  readonly reason: string;
  readonly timeout: number;
  readonly sync: boolean;
  readonly wait: boolean;
  readonly prune?: boolean;
  readonly json?: boolean;
}

/** Adds `groundplan gitops rollback`. */
export function addRollback(gitops: Command): void {
  withTimeout(
    withWorkload(
      withCluster(
        withTarget(
          gitops
            .command("rollback")
            .argument("<environment>", "environment that goes back")
            .argument("<service>", "service whose image goes back")
            .summary("go back to the image before, and hold it")
            .description(
              "Aborts the Rollout that goes on, takes the image back in Git, holds it there, and waits until Argo CD has synced that. Until somebody approves a newer image (set-image --approve), no other is set. Run it again when it was ended: it does what is left.",
            ),
        ).option("--to <commit>", "the image that this commit has (default: the one before)"),
      ),
    ),
  )
    .option("--reason <text>", "why, for the commit and for who wants to set the next image", "rolled back")
    .option("--no-sync", "leave the sync to a hand, where Argo CD does not sync by itself")
    .option("--no-wait", "end when Git is reverted")
    .option("--prune", "when it asks for a sync: remove what Git no longer has")
    .option("--json", "print what was done as JSON")
    .addHelpText(
      "after",
      examples(
        "rollback prod app --reason 'errors at 12 %'",
        "rollback prod app --to 1a2b3c4d",
        "rollback prod app --no-wait",
      ),
    )
    .action(run);
}

async function run(environment: string, service: string, flags: Flags): Promise<void> {
  const named = [checkedName("an environment", environment), checkedName("a service", service)] as const;
  const target = await targetOf(...named, flags);
  const { application, workload } = target;
  const clients = clientsOf(flags, process.env);
  const { to, reason, timeout, sync, prune = false, json = false } = flags;
  const { rollout, git, reached } = await rollback({
    ...target,
    reason,
    workload,
    client: () => clients(environment),
    ...(to === undefined ? {} : { to }),
    wait: flags.wait && application ? { application, timeout, sync, prune } : undefined,
    env: process.env,
    quiet: json,
  });
  if (json) {
    const { entry: image, from: before, revertsTo: _, ...written } = git;
    const end = reached && { revision: reached.revision, exact: reached.exact };
    const document = { environment, service, ...written, image, before, rollout, reached: end };
    return sayJson({ format: "groundplan.gitops.rollback", version: 1, ...document });
  }
  say(
    line`${paint.good("Rolled back")} ${service} in ${environment} to ${shortImage(git.entry)}, by commit ${paint.strong(shortRevision(git.commit))}; it is held there.`,
  );
  say(
    line`  a newer one needs: npx groundplan gitops set-image ${environment} ${service} <digest> --approve`,
  );
  if (reached) return;
  say(line`  wait for it: npx groundplan gitops wait ${environment} --revision ${git.commit}`);
}
