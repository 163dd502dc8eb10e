import type { Command } from "commander";
import { sayJson } from "../console/output";
import { Containment, resolveCommit } from "../gitops/contained";
import { shortRevision } from "../gitops/judge";
import { whoRuns } from "../gitops/message";
import { type Reached, waitForRevision } from "../gitops/wait";
import { runSteps } from "../progress/tasks";
import {
  type ClusterFlags,
  checkedName,
  clientsOf,
  examples,
  type TargetFlags,
  withCluster,
  withTarget,
  withTimeout,
} from "./gitops-options";
import { environmentTargets, type Target } from "./gitops-target";

interface Flags extends TargetFlags, ClusterFlags {
  readonly revision?: string;
  readonly timeout: number;
  readonly sync?: boolean;
  readonly prune?: boolean;
  readonly json?: boolean;
}

/** Adds `groundplan gitops wait`. */
export function addWait(gitops: Command): void {
  withTimeout(
    withCluster(
      withTarget(
        gitops
          .command("wait")
          .argument("<environment>", "environment that is waited for")
          .summary("wait until Argo CD has synced a commit, and it is healthy")
          .description(
            "Waits until Argo CD has synced this commit, or a later one that contains it, the Application is healthy, and no operation goes on. What Argo CD says of an older commit counts for nothing. It ends at once when all is done already, and when the sync failed or health stays degraded.",
          ),
      ).option(
        "--revision <commit>",
        "the commit, as set-image printed it (default: the newest of the branch)",
      ),
    ),
  )
    .option("--sync", "ask Argo CD to sync, where nobody else does (delivery manual and guarded)")
    .option("--prune", "with --sync: remove what Git no longer has")
    .option("--json", "print what was reached as JSON")
    .addHelpText(
      "after",
      examples(
        "wait dev --revision <commit>",
        "wait prod --revision <commit> --sync --timeout 20m --context prod",
        "wait dev --revision <commit> --application my-app --repository https://github.com/owner/name",
      ),
    )
    .action(run);
}

async function run(environment: string, flags: Flags): Promise<void> {
  const targets = await environmentTargets(checkedName("an environment", environment), flags);
  const [first] = targets;
  const repository = first && first.repository !== "" ? first : undefined;
  const wanted = await resolveCommit(repository, flags.revision);
  const containment = new Containment(repository, wanted);
  const clients = clientsOf(flags, process.env);
  const reached: (Reached & { readonly application: string })[] = [];
  const steps = applications(targets).map(({ name, namespace }) => ({
    title: `Wait until ${name} has ${shortRevision(wanted)}`,
    tells: true,
    run: async (_: object, progress: (text: string) => void) => {
      const one = await waitForRevision({
        client: clients(environment),
        application: { name, namespace },
        containment,
        timeout: flags.timeout,
        prune: flags.prune ?? false,
        ...(flags.sync ? { syncAs: `groundplan: ${whoRuns(process.env).by}` } : {}),
        onProgress: progress,
      });
      reached.push({ ...one, application: name });
      return one.exact
        ? "synced and healthy"
        : `synced and healthy, by ${shortRevision(one.revision)}, which contains it`;
    },
  }));
  await runSteps(steps, {}, flags.json);
  if (!flags.json) return;
  const all = reached.map(({ application, revision, exact }) => ({ application, revision, exact }));
  sayJson({ format: "groundplan.gitops.wait", version: 1, environment, wanted, applications: all });
}

/** The Applications of an environment: its services often share one. */
function applications(targets: readonly Target[]) {
  const all = targets.flatMap(({ application }) => (application ? [application] : []));
  return all.filter(({ name }, at) => all.findIndex((one) => one.name === name) === at);
}
