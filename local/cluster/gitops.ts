import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { freePorts } from "../free-ports";
import { LocalError } from "../options";
import { isRunning } from "../process-file";
import type { KubernetesApi } from "./api";
import type { Components, Program } from "./processes";
import { toolPath, toolsDirectory } from "./tools";

/** Namespace of Argo CD. */
export const ARGOCD_NAMESPACE = "argocd";

/** Milliseconds within which Argo CD must compare its first Application. */
const START_LIMIT = 180_000;

/** Seconds after which Argo CD looks for new commits; three minutes is its own default. */
const RECONCILIATION = "10s";

/**
 * Runs Argo CD beside the control plane: its repository server, its application controller and their cache.
 *
 * Its pods would be played by kwok and do nothing, so the programs themselves run on this machine.
 *
 * @param kubeconfig - path of the one that they use.
 * @param secretKey - random text that stays the same over a restart.
 */
export async function startArgoCd(
  folder: string,
  kubeconfig: string,
  secretKey: string,
  api: KubernetesApi,
  components: Components,
  signal: AbortSignal | undefined,
): Promise<void> {
  await installSettings(api, secretKey);
  const [cache = 0, repository = 0, ...metrics] = await freePorts(4);
  const programs = argoCd(folder, kubeconfig, { cache, repository, metrics });
  for (const program of programs) await components.start(program);
  const begun = Date.now();
  while (!(await isHealthy(metrics[1] ?? 0))) {
    signal?.throwIfAborted();
    const ended = components.list().find((component) => !isRunning(component));
    if (ended || Date.now() - begun > START_LIMIT) {
      const name = ended?.name ?? "argocd-application-controller";
      throw new LocalError("failed", `Argo CD did not become ready\n  see ${components.logOf(name)}`);
    }
    await sleep(100);
  }
}

/** The custom resources and the settings without which Argo CD does not start. */
async function installSettings(api: KubernetesApi, secretKey: string): Promise<void> {
  for (const document of parseAllDocuments(readFileSync(toolPath("argocd-crds.yaml"), "utf8"))) {
    const name = document.getIn(["metadata", "name"]);
    await api.apply(
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`,
      JSON.stringify(document.toJS()),
    );
  }
  await api.apply(
    `/api/v1/namespaces/${ARGOCD_NAMESPACE}`,
    JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: ARGOCD_NAMESPACE } }),
  );
  const settings: [kind: string, name: string, data: Record<string, string>][] = [
    ["ConfigMap", "argocd-cm", { "timeout.reconciliation": RECONCILIATION }],
    ["ConfigMap", "argocd-rbac-cm", {}],
    // Argo CD wants a key here; with it the server that is not run would sign its sessions.
    ["Secret", "argocd-secret", { "server.secretkey": Buffer.from(secretKey).toString("base64") }],
  ];
  for (const [kind, name, data] of settings) {
    const metadata = {
      name,
      labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "argocd" },
    };
    await api.apply(
      `/api/v1/namespaces/${ARGOCD_NAMESPACE}/${kind.toLowerCase()}s/${name}`,
      JSON.stringify({ apiVersion: "v1", kind, metadata, data }),
    );
  }
}

interface Ports {
  readonly cache: number;
  readonly repository: number;

  /** Of the repository server and of the controller. */
  readonly metrics: readonly number[];
}

function argoCd(folder: string, kubeconfig: string, { cache, repository, metrics }: Ports): Program[] {
  const temporary = join(folder, "argocd");
  mkdirSync(temporary, { recursive: true });
  const environment = (name: string) => ({
    ARGOCD_BINARY_NAME: name,
    ARGOCD_GPG_ENABLED: "false",
    ARGOCD_RECONCILIATION_TIMEOUT: RECONCILIATION,
    ARGOCD_RECONCILIATION_JITTER: "0s",
    HOME: temporary,
    KUBECONFIG: kubeconfig,
    // kustomize and helm are called by their names.
    PATH: `${toolsDirectory()}:${process.env.PATH ?? ""}`,
    TMPDIR: temporary,
  });
  return [
    { name: "redis", file: toolPath("redis"), args: [`--address=127.0.0.1:${cache}`] },
    {
      name: "argocd-repo-server",
      file: toolPath("argocd"),
      args: [
        "--address=127.0.0.1",
        `--port=${repository}`,
        "--metrics-address=127.0.0.1",
        `--metrics-port=${metrics[0]}`,
        "--disable-tls",
        `--redis=127.0.0.1:${cache}`,
        "--loglevel=warn",
      ],
      environment: environment("argocd-repo-server"),
    },
    {
      name: "argocd-application-controller",
      file: toolPath("argocd"),
      args: [
        `--namespace=${ARGOCD_NAMESPACE}`,
        `--repo-server=127.0.0.1:${repository}`,
        "--repo-server-plaintext",
        `--redis=127.0.0.1:${cache}`,
        `--metrics-port=${metrics[1]}`,
        "--status-processors=4",
        "--operation-processors=2",
        "--loglevel=warn",
      ],
      environment: environment("argocd-application-controller"),
    },
  ];
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
