import type { ClusterFile } from "./cluster-file";
import type { Nodes } from "./control-plane";
import type { ClusterSource } from "./options";
import { networkNamespaceOf } from "./real-node/machine";

/** A cluster that runs, or that was started and is broken. */
export interface ClusterStatus {
  readonly source: ClusterSource;

  /** URL of the Kubernetes API. */
  readonly endpoint: string;

  /** Version that the API server tells; undefined when it does not answer. */
  readonly version: string | undefined;

  /** Path of a kubeconfig of its administrator. */
  readonly kubeconfig: string;

  /** Whether Argo CD and Argo Rollouts were started beside it. */
  readonly gitops: boolean;

  /** What runs its pods; undefined for a cluster from elsewhere. */
  readonly nodes?: NodeStatus;

  /** The programs that were started on this machine; none for a cluster from elsewhere. */
  readonly components: readonly { readonly name: string; readonly pid: number; readonly running: boolean }[];
}

/** What runs the pods of the built cluster. */
export interface NodeStatus {
  readonly kind: Nodes["kind"];
  readonly count: number;

  /** Why they are simulated, where nobody has asked for that. */
  readonly obstacle?: string;

  /** Path of the network namespace of the real node, in which Services and pods have their addresses. */
  readonly networkNamespace?: string;
}

/** @param folder - of the cluster. */
export function nodeStatus({ nodes, obstacle }: ClusterFile, folder: string): NodeStatus {
  if (nodes.kind === "kwok") return { ...nodes, ...(obstacle === undefined ? {} : { obstacle }) };
  const networkNamespace = networkNamespaceOf(folder);
  return { kind: "real", count: 1, ...(networkNamespace === undefined ? {} : { networkNamespace }) };
}
