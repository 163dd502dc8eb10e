import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";
import { LocalError } from "../options";
import { freePorts } from "../process/free-ports";
import { isRunning } from "../process/process-file";
import { KubernetesApi } from "./api";
import {
  apiServer,
  type ControlPlanePrograms,
  certificatesFolder,
  controllers,
  etcd,
  kwok,
} from "./control-plane-programs";
import type { UserName } from "./credentials";
import { type ClusterAccess, kubeconfig } from "./kubeconfig";
import { forgetNodes, nodeManifest, nodeName } from "./nodes";
import type { Components, Program } from "./processes";
import { startMachine } from "./real-node/machine";
import { startContainerd, startKubelet } from "./real-node/start";

/** How the control plane is started. */
export interface ControlPlaneProps extends Omit<ControlPlanePrograms, "inNode"> {
  /** Region of the nodes' labels, e.g. `us-east-1`. */
  readonly region: string;

  readonly nodes: Nodes;
}

/** What runs the pods: nodes that kwok simulates, or a real one. */
export type Nodes = { readonly kind: "kwok"; readonly count: number } | { readonly kind: "real" };

/** Milliseconds within which the API server must be ready; about five seconds on two idle cores. */
const START_LIMIT = 300_000;

/** Milliseconds within which the nodes must be ready. */
const NODES_LIMIT = 300_000;

/**
 * Starts etcd, the API server, the controllers, the scheduler and the nodes, and waits until these are ready.
 *
 * @returns how to reach its API.
 * @throws LocalError when a program ends or does not become ready.
 */
export async function startControlPlane(
  props: ControlPlaneProps,
  components: Components,
  signal: AbortSignal | undefined,
): Promise<ClusterAccess> {
  const { folder, port, credentials, awsEndpoint, nodes } = props;
  const endpoint = `https://127.0.0.1:${port}`;
  const machine =
    nodes.kind === "real"
      ? await startMachine(
          folder,
          { api: endpoint, aws: awsEndpoint, token: credentials.tokens["kube-proxy"] },
          components,
          signal,
        )
      : undefined;
  const start = (program: Program) => components.start(machine?.inNetwork(program) ?? program);
  const containerd = machine ? startContainerd(machine, awsEndpoint, components, signal) : undefined;
  // Its failure is thrown below, after whatever the control plane has to say.
  containerd?.catch(() => undefined);

  const [client = 0, peer = 0] = await freePorts(2);
  await start(etcd(folder, credentials, client, peer));
  await start(apiServer({ ...props, inNode: machine !== undefined }, client));
  const access = await reach(props, components, signal);
  const api = new KubernetesApi(access, credentials.tokens.admin);
  const goOn = () => components.list().every(isRunning);
  if (!(await api.ready(START_LIMIT, goOn, signal))) throw notReady(components, "the API server");
  signal?.throwIfAborted();
  await forgetNodes(api, nodes.kind);

  const configOf = (name: UserName) => kubeconfig(access, `groundplan-${name}`, credentials.tokens[name]);
  const as = (name: UserName) => {
    const path = join(folder, `${name}.kubeconfig`);
    writeWhole(path, configOf(name));
    return path;
  };
  if (nodes.kind === "kwok") await addSimulatedNodes(api, nodes.count, props.region);
  for (const program of controllers(as, credentials, join(folder, "ca.pem"))) await start(program);
  if (nodes.kind === "kwok") await start(kwok(as));
  await containerd;
  if (machine) {
    const kubeconfigs = { kubelet: configOf("kubelet"), "kube-proxy": configOf("kube-proxy") };
    const { kubeletCertificateFile: certificateFile, kubeletKeyFile: keyFile } = credentials;
    await startKubelet(machine, { region: props.region, kubeconfigs, certificateFile, keyFile }, components);
  }
  await nodesReady(api, nodes.kind === "kwok" ? nodes.count : 1, components, signal);
  return { ...access, endpoint };
}

async function addSimulatedNodes(api: KubernetesApi, count: number, region: string): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      api.apply(`/api/v1/nodes/${nodeName(index)}`, nodeManifest(index, region)),
    ),
  );
}

/** The API server makes its own certificates at its first start: its authority is the last of the chain. */
async function reach(
  { folder, port, nodes }: ControlPlaneProps,
  components: Components,
  signal: AbortSignal | undefined,
): Promise<ClusterAccess> {
  const chain = join(certificatesFolder(folder, nodes.kind === "real"), "apiserver.crt");
  // Made first, and written then.
  const isWritten = () => existsSync(chain) && /-----END CERTIFICATE-----\n?$/.test(readSmallFile(chain));
  for (const begun = Date.now(); !isWritten(); await sleep(50)) {
    signal?.throwIfAborted();
    if (Date.now() - begun > START_LIMIT || !components.list().every(isRunning)) {
      throw notReady(components, "the API server");
    }
  }
  const authority = readSmallFile(chain)
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g)
    ?.at(-1);
  if (!authority)
    throw new LocalError("failed", `${chain} holds no certificate\n  remove it and start again`);
  writeWhole(join(folder, "ca.pem"), authority);
  return {
    context: "groundplan",
    endpoint: `https://127.0.0.1:${port}`,
    certificateAuthorityData: Buffer.from(authority).toString("base64"),
  };
}

async function nodesReady(
  api: KubernetesApi,
  count: number,
  components: Components,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const begun = Date.now(); Date.now() - begun < NODES_LIMIT; await sleep(100)) {
    signal?.throwIfAborted();
    if (!components.list().every(isRunning)) break;
    const { status, body } = await api.send("GET", "/api/v1/nodes");
    const items: { status?: { conditions?: { type: string; status: string }[] } }[] =
      status === 200 ? JSON.parse(body).items : [];
    const ready = items.filter((node) =>
      node.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
    );
    if (ready.length >= count) return;
  }
  throw notReady(components, "the nodes");
}

function notReady(components: Components, what: string): LocalError {
  const ended = components.list().filter((component) => !isRunning(component));
  const name = ended[0]?.name;
  const reason = name ? `${name} ended` : "it took too long";
  return new LocalError(
    "failed",
    `${what} did not become ready: ${reason}\n  see ${components.logOf(name ?? "kube-apiserver")}`,
  );
}
