import { rmSync } from "node:fs";
import { toolPath } from "../local/cluster/tools";
import { builtLocal } from "./built-local";
import { type Run, runProgram } from "./program";
import { temporaryFolder } from "./temporary-folder";

/** What a test's cluster has beside the control plane. */
export interface ClusterProps {
  /** Argo CD and Argo Rollouts. @default false */
  readonly gitops?: boolean;

  /** What runs the pods; few tests need more than simulated nodes. @default "kwok" */
  readonly nodes?: "real" | "kwok";

  /** Endpoint of an AWS emulator that it asks who a caller is. @default - one that does not answer */
  readonly awsEndpoint?: string;

  /** Folder of that emulator, whose EKS then tells of this cluster. @default - a folder of its own */
  readonly stateDirectory?: string;
}

/** A real Kubernetes control plane for one test file: empty at the start, on ports of its own. */
export interface Cluster {
  /** Path of its administrator's kubeconfig. */
  readonly kubeconfig: string;

  /** Folder of what it keeps. */
  readonly stateDirectory: string;

  /** URL of its API. */
  readonly endpoint: string;

  /** Runs kubectl as the administrator; it may fail. */
  kubectl(args: readonly string[], options?: { readonly input?: string }): Promise<Run>;

  /** Runs kubectl, and throws what it says when it fails. @returns its standard output. */
  succeed(args: readonly string[], options?: { readonly input?: string }): Promise<string>;

  /** The programs that were started for it. */
  programs(): Promise<readonly Program[]>;

  /** Starts it again, as `up` does when a program has ended: on the same port, with what it holds. */
  restart(): Promise<void>;

  stop(): Promise<void>;
}

/** A program of the cluster. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
}

/** Starts a cluster as a user does: the built package, in a process of its own. */
export async function startCluster(props: ClusterProps = {}): Promise<Cluster> {
  const own = props.stateDirectory === undefined;
  const stateDirectory = props.stateDirectory ?? temporaryFolder("cluster");
  const options = {
    stateDirectory,
    port: 0,
    source: "built",
    nodes: props.nodes ?? "kwok",
    gitops: props.gitops ?? false,
    awsEndpoint: props.awsEndpoint ?? "http://127.0.0.1:1",
  };
  const { kubeconfig, endpoint } = (await builtLocal(`local.clusterUp(${JSON.stringify(options)})`)) as {
    kubeconfig: string;
    endpoint: string;
  };
  const kubectl: Cluster["kubectl"] = (args, { input } = {}) =>
    runProgram(
      toolPath("kubectl"),
      ["--kubeconfig", kubeconfig, ...args],
      input === undefined ? {} : { input },
    );
  return {
    stateDirectory,
    kubeconfig,
    endpoint,
    kubectl,
    async succeed(args, options) {
      const { code, output, stdout } = await kubectl(args, options);
      if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}\n${output}`);
      return stdout;
    },
    async programs() {
      const status = await builtLocal(`local.clusterStatus(${JSON.stringify({ stateDirectory })})`);
      return (status as { components?: readonly Program[] } | null)?.components ?? [];
    },
    async restart() {
      const again = { ...options, port: Number(new URL(endpoint).port) };
      await builtLocal(`local.clusterUp(${JSON.stringify(again)})`);
    },
    async stop() {
      await builtLocal(`local.clusterDown(${JSON.stringify({ stateDirectory, purge: true })})`);
      if (own) rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
