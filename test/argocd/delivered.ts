import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ClusterConnection, chartFolder } from "@groundplan/modules/gitops";
import { parse } from "yaml";
import { KubernetesClient } from "../../cli/kubernetes/client";
import { toolPath } from "../../local/cluster/tools";
import { type Cluster, type ClusterProps, startCluster } from "../cluster";
import { environments, platform } from "../platform";
import { runProgram } from "../program";
import { AddonsOutput } from "../stacks/addons-output";
import { temporaryFolder } from "../temporary-folder";
import { ManifestsRepository } from "./repository";

/** What is read of an Application of Argo CD. */
export interface App {
  readonly status?: {
    readonly conditions?: readonly { type: string; message: string }[];
    readonly sync?: { readonly status: string; readonly revision?: string };
    readonly reconciledAt?: string;
    readonly operationState?: { readonly phase: string; readonly syncResult?: { readonly revision: string } };
  };
  readonly spec: { readonly syncPolicy: { readonly syncOptions: readonly string[] } };
}

/** A cluster with Argo CD and Argo Rollouts, and a Git repository from which it is delivered. */
export class Delivered {
  /** A folder of its own, that goes with it. */
  readonly scratch = temporaryFolder("delivery");

  /** Asked again and again: a kubectl for each question would take a third of a core. */
  readonly api: KubernetesClient;

  private constructor(
    readonly cluster: Cluster,
    readonly repository: ManifestsRepository,
  ) {
    this.api = KubernetesClient.of({ kubeconfig: cluster.kubeconfig, env: {} });
  }

  /**
   * @param props - what the cluster has beside Argo CD, e.g. nodes that run containers.
   * @param repository - from which it is delivered.
   */
  static async start(
    props: Omit<ClusterProps, "gitops"> = {},
    repository = new ManifestsRepository(),
  ): Promise<Delivered> {
    return new Delivered(await startCluster({ ...props, gitops: true }), repository);
  }

  async stop(): Promise<void> {
    this.repository.remove();
    rmSync(this.scratch, { recursive: true, force: true });
    await this.cluster.stop();
  }

  /** What the addons stack of an environment says, with the test's repository in place of GitHub's. */
  stack(environment: string): AddonsOutput {
    const gitops = { ...platform.gitops, repositoryUrl: this.repository.url };
    return new AddonsOutput({ ...platform, gitops }, environments, environment);
  }

  /** Installs the release of the stack's deliveries by the real Helm, with the stack's own values. */
  async install(environment: string): Promise<void> {
    const values = join(this.scratch, `${environment}.json`);
    writeFileSync(values, JSON.stringify(this.stack(environment).deliveriesValues()));
    const release = `argocd-deliveries-${environment}`;
    const args = ["upgrade", "--install", release, chartFolder(), "--namespace=argocd", `--values=${values}`];
    // Each environment has an Argo CD of its own; here they share one, and with it the project.
    const flags = ["--take-ownership", `--kubeconfig=${this.cluster.kubeconfig}`];
    const { code, output } = await runProgram(toolPath("helm"), [...args, ...flags]);
    if (code !== 0) throw new Error(output);
  }

  /**
   * Applies the bridge Secret of the stack; only how Argo CD gets in is this machine's.
   *
   * @param host - name of this machine: Argo CD knows a cluster by its URL, so each environment needs another.
   */
  async bridge(environment: string, host: string): Promise<void> {
    const secret = this.stack(environment).bridge(this.connection(host));
    await this.cluster.succeed(["apply", "--filename=-"], { input: JSON.stringify(secret) });
  }

  private connection(host: string): ClusterConnection {
    const config = parse(readFileSync(this.cluster.kubeconfig, "utf8"));
    const { server, "certificate-authority-data": caData } = config.clusters[0].cluster;
    const { token: bearerToken } = config.users[0].user;
    return {
      server: server.replace("127.0.0.1", host),
      config: { bearerToken, tlsClientConfig: { insecure: false, caData, serverName: "127.0.0.1" } },
    };
  }

  async app(environment: string): Promise<App> {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/groundplan-${environment}`;
    return (await this.api.get(path)) as unknown as App;
  }

  /** What the Sync button sends. */
  async sync(environment: string): Promise<void> {
    const { syncOptions } = (await this.app(environment)).spec.syncPolicy;
    const operation = { initiatedBy: { username: "somebody" }, sync: { prune: true, syncOptions } };
    const application = `application/groundplan-${environment}`;
    const patch = ["--type=merge", `--patch=${JSON.stringify({ operation })}`];
    await this.cluster.succeed(["--namespace=argocd", "patch", application, ...patch]);
  }

  /** One field of an object, empty when it or the object is not there. */
  async field(namespace: string, object: string, path: string): Promise<string> {
    const args = [
      `--namespace=${namespace}`,
      "get",
      object,
      "--ignore-not-found",
      `--output=jsonpath=${path}`,
    ];
    return (await this.cluster.succeed(args)).trim();
  }
}

/** Whether an application has synced that commit, and the sync has come to its end. */
export const synced = (revision: string) => (seen: App) =>
  seen.status?.sync?.status === "Synced" &&
  seen.status.sync.revision === revision &&
  seen.status.operationState?.phase === "Succeeded";
