import { at, type Json } from "../input/json";
import type { KubernetesClient } from "../kubernetes/client";

/** What runs an image in a cluster. */
export interface WorkloadName {
  readonly namespace: string;
  readonly name: string;

  /** Whether it is a Rollout of Argo Rollouts, and no Deployment. */
  readonly rollout: boolean;
}

/** How far a Rollout is. */
export interface RolloutStep {
  /** E.g. `Progressing`, `Paused`, `Degraded`, `Healthy`. */
  readonly phase: string;

  /** The step that goes on, from 0, and how many there are. */
  readonly step: number | undefined;
  readonly steps: number;

  /** Share of the traffic that the new version gets, in percent; undefined where nothing splits it. */
  readonly weight: number | undefined;
  readonly aborted: boolean;

  /** Whether the new version does not have everything yet. */
  readonly inProgress: boolean;
  readonly message: string | undefined;
}

/** What a workload runs. */
export interface RunningImages {
  /** Images of its pods with how many of them are ready, the most first; `repository@sha256:…` as the pod says it. */
  readonly images: readonly { readonly image: string; readonly ready: number; readonly pods: number }[];
  readonly rollout: RolloutStep | undefined;
}

/** Path of a workload in the API. */
export function workloadPath({ namespace, name, rollout }: WorkloadName): string {
  const group = rollout ? "argoproj.io/v1alpha1" : "apps/v1";
  const kind = rollout ? "rollouts" : "deployments";
  return `/apis/${group}/namespaces/${encodeURIComponent(namespace)}/${kind}/${encodeURIComponent(name)}`;
}

/**
 * What a workload runs; undefined when it is not there.
 *
 * @param repository - of the image that is looked for among a pod's containers.
 */
export async function runningImages(
  client: KubernetesClient,
  workload: WorkloadName,
  repository: string | undefined,
): Promise<RunningImages | undefined> {
  const found = await client.find(workloadPath(workload));
  if (found === undefined) return undefined;
  const labels = at(at(at(found, "spec"), "selector"), "matchLabels");
  const selector = Object.entries((labels ?? {}) as Record<string, Json>)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const query = `labelSelector=${encodeURIComponent(selector)}`;
  const pods = at(
    await client.get(`/api/v1/namespaces/${encodeURIComponent(workload.namespace)}/pods?${query}`),
    "items",
  );
  const counted = new Map<string, { ready: number; pods: number }>();
  for (const pod of Array.isArray(pods) ? (pods as readonly Json[]) : []) {
    if (at(at(pod, "metadata"), "deletionTimestamp") !== undefined) continue;
    const image = imageOf(pod, repository);
    const count = counted.get(image) ?? { ready: 0, pods: 0 };
    counted.set(image, { ready: count.ready + (isReady(pod) ? 1 : 0), pods: count.pods + 1 });
  }
  const images = [...counted].map(([image, count]) => ({ image, ...count }));
  return {
    images: images.sort((one, other) => other.pods - one.pods),
    rollout: workload.rollout ? rolloutStep(found) : undefined,
  };
}

function imageOf(pod: Json, repository: string | undefined): string {
  const containers = at(at(pod, "spec"), "containers");
  const images = (Array.isArray(containers) ? (containers as readonly Json[]) : []).map((one) =>
    String(at(one, "image") ?? ""),
  );
  const own = images.find(
    (image) =>
      repository !== undefined &&
      /^[@:]/.test(image.slice(repository.length)) &&
      image.startsWith(repository),
  );
  return own ?? images[0] ?? "";
}

function isReady(pod: Json): boolean {
  const conditions = at(at(pod, "status"), "conditions");
  return (Array.isArray(conditions) ? (conditions as readonly Json[]) : []).some(
    (one) => at(one, "type") === "Ready" && at(one, "status") === "True",
  );
}

/** How far a Rollout is, by its object. */
export function rolloutStep(rollout: Json): RolloutStep {
  const [spec, status] = [at(rollout, "spec"), at(rollout, "status")];
  const steps = at(at(at(spec, "strategy"), "canary"), "steps");
  const step = at(status, "currentStepIndex");
  const weight = at(at(at(at(status, "canary"), "weights"), "canary"), "weight");
  const message = at(status, "message");
  const [stable, current] = [at(status, "stableRS"), at(status, "currentPodHash")];
  return {
    phase: String(at(status, "phase") ?? "Unknown"),
    step: typeof step === "number" ? step : undefined,
    steps: Array.isArray(steps) ? steps.length : 0,
    weight: typeof weight === "number" ? weight : undefined,
    aborted: at(status, "abort") === true,
    // Nothing is stable before the first version has everything: there is nothing to abort to.
    inProgress: typeof stable === "string" && stable !== "" && stable !== current,
    message: typeof message === "string" && message !== "" ? message : undefined,
  };
}

/** What {@link abortRollout} found. */
export type Aborted = "aborted" | "aborted before" | "not in progress" | "not there";

/**
 * Aborts a Rollout that is in progress, as kubectl-argo-rollouts does: the stable version gets everything back. The spec still
 * names the new one until Git is reverted.
 *
 * @see https://github.com/argoproj/argo-rollouts/blob/master/pkg/kubectl-argo-rollouts/cmd/abort/abort.go
 */
export async function abortRollout(client: KubernetesClient, workload: WorkloadName): Promise<Aborted> {
  const path = workloadPath({ ...workload, rollout: true });
  const found = await client.find(path);
  if (found === undefined) return "not there";
  const step = rolloutStep(found);
  if (step.aborted) return "aborted before";
  if (!step.inProgress) return "not in progress";
  await client.merge(`${path}/status`, { status: { abort: true } });
  return "aborted";
}
