import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { privateFolder, writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";
import { LocalError } from "../options";
import { freePorts } from "../process/free-ports";
import { isRunning } from "../process/process-file";
import { KubernetesApi } from "./api";
import type { Credentials, UserName } from "./credentials";
import { type ClusterAccess, kubeconfig, webhookConfig } from "./kubeconfig";
import { nodeManifest, nodeName } from "./nodes";
import type { Components, Program } from "./processes";
import { toolPath } from "./tools";

/** How the control plane is started. */
export interface ControlPlaneProps {
  /** Folder of its data, logs and credentials. */
  readonly folder: string;

  /** Port of the API on the loopback address. */
  readonly port: number;

  readonly credentials: Credentials;

  /** Endpoint of the AWS emulator. */
  readonly awsEndpoint: string;

  /** Region of the nodes' labels, e.g. `us-east-1`. */
  readonly region: string;

  readonly nodes: number;
}

/** Range of the Services' addresses: what EKS takes for a VPC in 10.0.0.0/8. */
const SERVICE_RANGE = "172.20.0.0/16";

/** Milliseconds within which the API server must be ready; about five seconds on two idle cores. */
const START_LIMIT = 120_000;

/** Milliseconds within which kwok must have made the nodes ready. */
const NODES_LIMIT = 120_000;

/**
 * Starts etcd, the API server, the controllers, the scheduler and kwok, and waits until the nodes are ready.
 *
 * @returns how to reach its API.
 * @throws LocalError when a program ends or does not become ready.
 */
export async function startControlPlane(
  props: ControlPlaneProps,
  components: Components,
  signal: AbortSignal | undefined,
): Promise<ClusterAccess> {
  const { folder, port, credentials } = props;
  const [client = 0, peer = 0] = await freePorts(2);
  await components.start(etcd(folder, credentials, client, peer));
  await components.start(apiServer(props, client));
  const access = await reach(props, components, signal);
  const api = new KubernetesApi(access, credentials.tokens.admin);
  const goOn = () => components.list().every(isRunning);
  if (!(await api.ready(START_LIMIT, goOn, signal))) throw notReady(components, "the API server");
  signal?.throwIfAborted();

  await Promise.all(
    Array.from({ length: props.nodes }, (_, index) =>
      api.apply(`/api/v1/nodes/${nodeName(index)}`, nodeManifest(index, props.region)),
    ),
  );
  const as = (name: UserName) => {
    const path = join(folder, `${name}.kubeconfig`);
    writeWhole(path, kubeconfig(access, `groundplan-${name}`, credentials.tokens[name]));
    return path;
  };
  for (const program of controllers(as, credentials, join(folder, "ca.pem"))) await components.start(program);
  await nodesReady(api, props.nodes, components, signal);
  return { ...access, endpoint: `https://127.0.0.1:${port}` };
}

function etcd(
  folder: string,
  { storeCertificateFile, storeKeyFile }: Credentials,
  client: number,
  peer: number,
): Program {
  const clientUrl = `https://127.0.0.1:${client}`;
  const peerUrl = `https://127.0.0.1:${peer}`;
  const known = (prefix: string) => [
    `--${prefix}client-cert-auth`,
    `--${prefix}trusted-ca-file=${storeCertificateFile}`,
    `--${prefix}cert-file=${storeCertificateFile}`,
    `--${prefix}key-file=${storeKeyFile}`,
  ];
  return {
    name: "etcd",
    file: toolPath("etcd"),
    args: [
      "--name=groundplan",
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=groundplan=${peerUrl}`,
      ...known(""),
      ...known("peer-"),
      // A cluster for one person's trials: a power cut may cost it, a killed process does not.
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
  };
}

function apiServer({ folder, port, credentials, awsEndpoint }: ControlPlaneProps, store: number): Program {
  const webhook = (name: string) => {
    const path = join(folder, `${name}.kubeconfig`);
    writeWhole(path, webhookConfig(`${awsEndpoint}/_groundplan/eks/${name}`));
    return path;
  };
  privateFolder(join(folder, "certificates"));
  return {
    name: "kube-apiserver",
    file: toolPath("kube-apiserver"),
    args: [
      `--etcd-servers=https://127.0.0.1:${store}`,
      `--etcd-cafile=${credentials.storeCertificateFile}`,
      `--etcd-certfile=${credentials.storeCertificateFile}`,
      `--etcd-keyfile=${credentials.storeKeyFile}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${port}`,
      "--endpoint-reconciler-type=none",
      `--cert-dir=${join(folder, "certificates")}`,
      `--token-auth-file=${credentials.tokensFile}`,
      "--anonymous-auth=false",
      `--authentication-token-webhook-config-file=${webhook("token-review")}`,
      "--authentication-token-webhook-version=v1",
      "--authentication-token-webhook-cache-ttl=5s",
      "--authorization-mode=Node,RBAC,Webhook",
      `--authorization-webhook-config-file=${webhook("subject-access-review")}`,
      "--authorization-webhook-version=v1",
      "--authorization-webhook-cache-authorized-ttl=5s",
      "--authorization-webhook-cache-unauthorized-ttl=1s",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${credentials.serviceAccountPublicKeyFile}`,
      `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      "--allow-privileged=true",
      "--profiling=false",
    ],
  };
}

function controllers(
  as: (name: UserName) => string,
  { serviceAccountKeyFile }: Credentials,
  authority: string,
): Program[] {
  return [
    {
      name: "kube-controller-manager",
      file: toolPath("kube-controller-manager"),
      args: [
        `--kubeconfig=${as("controller-manager")}`,
        `--service-account-private-key-file=${serviceAccountKeyFile}`,
        `--root-ca-file=${authority}`,
        "--use-service-account-credentials",
        "--leader-elect=false",
        "--secure-port=0",
        "--profiling=false",
      ],
    },
    {
      name: "kube-scheduler",
      file: toolPath("kube-scheduler"),
      args: [
        `--kubeconfig=${as("scheduler")}`,
        "--leader-elect=false",
        "--secure-port=0",
        "--profiling=false",
      ],
    },
    {
      name: "kwok",
      file: toolPath("kwok"),
      args: [
        `--kubeconfig=${as("kwok")}`,
        `--config=${toolPath("kwok-stages.yaml")}`,
        "--manage-all-nodes",
        "--node-lease-duration-seconds=40",
        "--cidr=10.244.0.0/16",
        "--node-ip=127.0.0.1",
      ],
    },
  ];
}

/** The API server makes its own certificates at its first start: its authority is the last of the chain. */
async function reach(
  { folder, port }: ControlPlaneProps,
  components: Components,
  signal: AbortSignal | undefined,
): Promise<ClusterAccess> {
  const chain = join(folder, "certificates", "apiserver.crt");
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
