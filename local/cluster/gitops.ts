import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { privateFolder } from "../files/private";
import { LocalError } from "../options";
import { freePorts } from "../process/free-ports";
import { isRunning } from "../process/process-file";
import type { KubernetesApi } from "./api";
import type { Credentials } from "./credentials";
import { applyDefinitions } from "./definitions";
import type { Components, Program } from "./processes";
import { toolPath, toolsDirectory } from "./tools";

/** Namespace of Argo CD. */
export const ARGOCD_NAMESPACE = "argocd";

/** Milliseconds within which Argo CD must compare its first Application. */
const START_LIMIT = 300_000;

/** Names of sockets in the cluster's folder, which is their working directory: the path of a socket must be short. */
const REPOSITORY_SOCKET = "repository.sock";
const ASK_PASS_SOCKET = "ask-pass.sock";

/** Seconds after which Argo CD looks for new commits; three minutes is its own default. */
const RECONCILIATION = "10s";

/**
 * Runs Argo CD beside the control plane: its repository server, its application controller and their cache.
 *
 * Its pods would be played by kwok and do nothing, so the programs themselves run on this machine.
 *
 * @param kubeconfig - path of the one that they use.
 * @param credentials - of which it takes what stays the same over a restart.
 */
export async function startArgoCd(
  folder: string,
  kubeconfig: string,
  credentials: Credentials,
  api: KubernetesApi,
  components: Components,
  signal: AbortSignal | undefined,
): Promise<void> {
  await installSettings(api, credentials.secretKey);
  const [cache = 0, metrics = 0] = await freePorts(2);
  const programs = argoCd(folder, kubeconfig, credentials, { cache, metrics });
  for (const program of programs) await components.start(program);
  const begun = Date.now();
  while (!(await isHealthy(metrics, credentials.metricsToken))) {
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
  await applyDefinitions(api, "argocd-crds.yaml");
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

  /** Of the controller. */
  readonly metrics: number;
}

/** Secrets are in the environment: other users of the machine can read the arguments of a program. */
function argoCd(
  folder: string,
  kubeconfig: string,
  { cachePassword, metricsToken }: Credentials,
  { cache, metrics }: Ports,
): Program[] {
  const temporary = join(folder, "argocd");
  privateFolder(temporary);
  const environment = (name: string) => ({
    ARGOCD_BINARY_NAME: name,
    ARGOCD_GPG_ENABLED: "false",
    // Its default is a name in the common folder that anybody can take before.
    ARGOCD_ASK_PASS_SOCK: ASK_PASS_SOCKET,
    GROUNDPLAN_ASK_PASS_FOLDER: folder,
    ARGOCD_RECONCILIATION_TIMEOUT: RECONCILIATION,
    REDIS_PASSWORD: cachePassword,
    HOME: temporary,
    KUBECONFIG: kubeconfig,
    // kustomize and helm are called by their names.
    PATH: `${toolsDirectory()}:${process.env.PATH ?? ""}`,
    TMPDIR: temporary,
  });
  return [
    {
      name: "redis",
      file: toolPath("redis"),
      args: [`--address=127.0.0.1:${cache}`],
      environment: { REDIS_PASSWORD: cachePassword },
    },
    {
      name: "argocd-repo-server",
      file: toolPath("argocd"),
      args: [`--socket=${REPOSITORY_SOCKET}`, `--redis=127.0.0.1:${cache}`],
      environment: environment("argocd-repo-server"),
    },
    {
      name: "argocd-application-controller",
      file: toolPath("argocd"),
      args: [
        `--namespace=${ARGOCD_NAMESPACE}`,
        `--repository-socket=${REPOSITORY_SOCKET}`,
        `--redis=127.0.0.1:${cache}`,
        `--metrics-port=${metrics}`,
        `--app-resync=${RECONCILIATION}`,
      ],
      environment: {
        ...environment("argocd-application-controller"),
        GROUNDPLAN_METRICS_TOKEN: metricsToken,
      },
    },
  ];
}

async function isHealthy(port: number, token: string): Promise<boolean> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const signal = AbortSignal.timeout(2000);
    return (await fetch(`http://127.0.0.1:${port}/healthz`, { headers, signal })).ok;
  } catch {
    return false;
  }
}
