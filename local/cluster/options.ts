import { resolve } from "node:path";
import { LocalError } from "../options";

/** Where the Kubernetes API comes from. */
export type ClusterSource = "kubeconfig" | "kind" | "k3d" | "built";

/** What is asked for to run the pods. */
export type NodesOption = "real" | "kwok" | number;

/** How the local cluster is started. */
export interface ClusterOptions {
  /**
   * Folder of what the emulator keeps; the cluster has a folder `cluster` in it.
   *
   * @default ".groundplan/local" in the current folder
   */
  readonly stateDirectory?: string;

  /**
   * Port of the Kubernetes API on the loopback address; 0 for any that is free.
   *
   * @default - the one it had before, else 6443
   */
  readonly port?: number;

  /** A cluster that runs already: the path of its kubeconfig. It is used, and never ended. */
  readonly kubeconfig?: string;

  /**
   * Where the cluster comes from.
   *
   * @default - the given kubeconfig; else kind or k3d where a container engine answers; else built
   */
  readonly source?: ClusterSource;

  /**
   * Runs Argo CD and Argo Rollouts beside it.
   *
   * @default false
   */
  readonly gitops?: boolean;

  /**
   * Endpoint of the AWS emulator, which the API server asks who the bearer of a token of
   * `aws eks get-token` is, and what the cluster's access entries let them do.
   *
   * @default "http://127.0.0.1:4566"
   */
  readonly awsEndpoint?: string;

  /**
   * What runs the pods: `real` is containerd and kubelet on this machine; `kwok`, or a number of nodes from 1 to 20,
   * simulates.
   *
   * @default "real" where this machine can, else "kwok", which has 3 nodes
   */
  readonly nodes?: NodesOption;

  /** Called with a line for each step that takes time. */
  readonly onProgress?: (line: string) => void;

  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** The folder of the cluster that belongs to an emulator's folder. */
export function clusterDirectory(stateDirectory = ".groundplan/local"): string {
  return resolve(stateDirectory, "cluster");
}

/** @throws LocalError when an option has no such value. */
export function checkClusterOptions({ port, nodes, kubeconfig, source }: ClusterOptions): void {
  if (port !== undefined && (!Number.isInteger(port) || port < 0 || port > 65_535)) {
    throw new LocalError(
      "input",
      `port ${port} is none\n  use 1024 to 65535, e.g. 6443, or 0 for any that is free`,
    );
  }
  const isKind = nodes === undefined || nodes === "real" || nodes === "kwok";
  if (!isKind && (!Number.isInteger(nodes) || nodes < 1 || nodes > 20)) {
    throw new LocalError(
      "input",
      `${nodes} nodes cannot be simulated\n  use 1 to 20, or real for one that runs containers`,
    );
  }
  if (kubeconfig !== undefined && source !== undefined && source !== "kubeconfig") {
    throw new LocalError(
      "input",
      `a kubeconfig is given and ${source} is asked for\n  leave out one of the two`,
    );
  }
  if (kubeconfig === undefined && source === "kubeconfig") {
    throw new LocalError("input", "no kubeconfig is given\n  add --kubeconfig <file>");
  }
}
