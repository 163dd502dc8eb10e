import { CliError } from "../console/errors";
import { RemoteBranch } from "../git/remote-branch";
import type { KubernetesClient } from "../kubernetes/client";
import { type ApplicationName, readApplication } from "./application";
import { broughtBy } from "./image-history";
import { checkedTarget, type ImageTarget, readState } from "./image-target";
import { imageText } from "./message";
import { type RolloutStep, type RunningImages, runningImages, type WorkloadName } from "./workload";

/** A service in an environment, whose state is asked for. */
export interface StatusTarget extends ImageTarget {
  readonly environment: string;
  readonly service: string;

  /** Repository of the image in its registry. @default - the first container of a pod counts */
  readonly newName?: string;
  readonly application: ApplicationName | undefined;
  readonly workload: WorkloadName | undefined;
}

/** What Git says, or why that is not known. */
export type GitState =
  | {
      readonly image: string;

      /** The commit that brought it, and the newest of the branch. */
      readonly commit: string;
      readonly head: string;

      /** Why no other image is set, since a rollback; null when it is not held. */
      readonly held: { readonly since: string; readonly by: string; readonly reason: string } | null;

      /** Digests that were rolled back. */
      readonly refused: readonly string[];
    }
  | { readonly unknown: string };

/** What the cluster says, or why that is not known. */
export type ClusterState =
  | {
      /** Of Argo CD's Application; null when none is known. */
      readonly application: {
        readonly sync: string;
        readonly revision: string;
        readonly health: string;
        readonly operation: string;
      } | null;
      readonly running: RunningImages["images"];
      readonly rollout: RolloutStep | null;
    }
  | { readonly unknown: string };

/** A service in an environment. */
export interface ServiceStatus {
  readonly environment: string;
  readonly service: string;
  readonly git: GitState;
  readonly cluster: ClusterState;

  /** In a few words. */
  readonly verdict: string;
}

/** Looks at Git and at the cluster; what does not answer is named, and the rest is shown. */
export async function statusOf(target: StatusTarget, client: () => KubernetesClient): Promise<ServiceStatus> {
  const git = await known(() => gitState(target));
  // Which of a pod's containers it is, Git says.
  const repository = "unknown" in git ? undefined : git.image.replace(/@sha256:.*$|:[^:/]*$/, "");
  const cluster = await known(() => clusterState(target, repository, client));
  const { environment, service } = target;
  return { environment, service, git, cluster, verdict: verdictOf(git, cluster) };
}

async function known<T>(look: () => Promise<T>): Promise<T | { readonly unknown: string }> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof CliError) return { unknown: error.message.split("\n")[0] ?? "" };
    throw error;
  }
}

function gitState(props: StatusTarget): Promise<GitState> {
  const target = checkedTarget(props);
  return RemoteBranch.during(target, async (branch) => {
    const head = await branch.fetch();
    const { file, entry, holds } = await readState(branch, head, target);
    const hold = holds[target.image];
    return {
      image: imageText(entry),
      commit: await broughtBy(branch, head, { file, image: target.image }),
      head,
      held: hold?.held ? { since: hold.held.since, by: hold.held.by, reason: hold.held.reason } : null,
      refused: (hold?.refused ?? []).map(({ digest }) => digest),
    };
  });
}

async function clusterState(
  target: StatusTarget,
  repository: string | undefined,
  open: () => KubernetesClient,
): Promise<ClusterState> {
  const client = open();
  const { application, workload } = target;
  const app = application && (await readApplication(client, application));
  const running = workload && (await runningImages(client, workload, target.newName ?? repository));
  return {
    application: app
      ? {
          sync: app.status?.sync?.status ?? "Unknown",
          revision: app.status?.sync?.revision ?? "",
          health: app.status?.health?.status ?? "Unknown",
          operation: app.status?.operationState?.phase ?? "",
        }
      : null,
    running: running?.images ?? [],
    rollout: running?.rollout ?? null,
  };
}

/** What is to be known of a service in a few words. */
export function verdictOf(git: GitState, cluster: ClusterState): string {
  if ("unknown" in git) return `Git: ${git.unknown}`;
  if ("unknown" in cluster) return `cluster: ${cluster.unknown}`;
  const { rollout, running, application } = cluster;
  if (rollout?.aborted) return "the canary was aborted";
  if (rollout?.inProgress) {
    const share = rollout.weight === undefined ? "" : `, ${rollout.weight} %`;
    return `canary: step ${(rollout.step ?? 0) + 1} of ${rollout.steps}${share}, ${rollout.phase.toLowerCase()}`;
  }
  const others = running.filter(({ image }) => image !== git.image);
  if (application && application.health !== "Healthy") return application.health.toLowerCase();
  if (running.length === 0) return application ? "no pod is known" : "no cluster is asked";
  if (others.length === running.length) return "another image runs";
  return others.length > 0 ? "some pods run another image" : "runs what Git says";
}
