import type { KubernetesClient } from "../../cli/kubernetes/client";
import type { WatchedObject } from "./object-watch";

/** Label of what belongs to one version. */
export const HASH = "rollouts-pod-template-hash";

/** A canary as it is at one moment, by its Rollout, its ReplicaSets and its analyses. */
export interface CanaryState {
  readonly phase: string;
  readonly aborted: boolean;
  readonly message: string;

  /** Ready pods of the stable version, and of the new one. */
  readonly stable: number;
  readonly canary: number;

  /** Hash of the stable version, and of the new one. */
  readonly hashes: readonly [stable: string, canary: string];

  /** Analyses of the new version, with the number of their checks. */
  readonly analyses: readonly { readonly id: string; readonly phase: string; readonly checks: number }[];
  readonly replicaSets: readonly ReplicaSet[];
}

/** Where the API lists the ReplicaSets of a namespace. */
export const replicaSetsPath = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/replicasets`;

/** What is read of the objects, of which one namespace has one Rollout. */
interface Owned extends WatchedObject {
  readonly metadata: WatchedObject["metadata"] & { readonly labels: Readonly<Record<string, string>> };
}

interface Rollout {
  readonly status?: {
    readonly phase?: string;
    readonly abort?: boolean;
    readonly message?: string;
    readonly stableRS?: string;
    readonly currentPodHash?: string;
  };
}

export interface ReplicaSet extends Owned {
  readonly status: { readonly readyReplicas?: number };
}

interface AnalysisRun extends Owned {
  readonly status?: {
    readonly phase: string;
    readonly metricResults?: readonly { readonly name: string; readonly count: number }[];
  };
}

/** Hash of the version that something belongs to. */
export const hashOf = ({ metadata }: Owned) => metadata.labels[HASH] ?? "";
export const readyPods = ({ status }: ReplicaSet) => status.readyReplicas ?? 0;

/** Reads a canary. Right for what lasts: what passes by itself may come and go between two looks. */
export async function readCanary(api: KubernetesClient, namespace: string): Promise<CanaryState> {
  const list = async <T>(path: string) => ((await api.get(path)) as { items: readonly T[] }).items;
  const [rollouts, sets, runs] = await Promise.all([
    list<Rollout>(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts`),
    list<ReplicaSet>(replicaSetsPath(namespace)),
    list<AnalysisRun>(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/analysisruns`),
  ]);
  const status = rollouts[0]?.status;
  const hashes = [status?.stableRS ?? "", status?.currentPodHash ?? ""] as const;
  const ready = (hash: string) =>
    sets.filter((set) => hashOf(set) === hash).reduce((sum, set) => sum + readyPods(set), 0);
  return {
    phase: status?.phase ?? "",
    aborted: status?.abort === true,
    message: status?.message ?? "",
    stable: ready(hashes[0]),
    canary: hashes[0] === hashes[1] ? 0 : ready(hashes[1]),
    hashes,
    analyses: runs
      .filter((run) => hashOf(run) === hashes[1])
      .map((run) => ({
        id: run.metadata.uid,
        phase: run.status?.phase ?? "",
        checks: run.status?.metricResults?.find(({ name }) => name === "health")?.count ?? 0,
      })),
    replicaSets: sets,
  };
}

/** Whether there is one version, with all of its pods. */
export const isWhole = ({ phase, hashes, stable }: CanaryState) =>
  phase === "Healthy" && hashes[0] === hashes[1] && stable === 3;
