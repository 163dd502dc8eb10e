import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { ownFolder } from "../files/own-folder";
import { privateFolder, refuseLinks, writeWhole } from "../files/private";
import { isSealed } from "../files/seal";
import { LocalError } from "../options";
import { alone } from "../process/claim";
import { freePorts, isFree } from "../process/free-ports";
import { isRunning } from "../process/process-file";
import { KubernetesApi } from "./api";
import { type ClusterFile, readClusterFile, writeClusterFile } from "./cluster-file";
import { startControlPlane } from "./control-plane";
import { credentialsIn } from "./credentials";
import { removeDescription, writeDescription } from "./description";
import { createWithEngine, deleteWithEngine, engine } from "./engines";
import { startArgoCd } from "./gitops";
import { type ClusterAccess, kubeconfig, readKubeconfig } from "./kubeconfig";
import { areNodesAsAsked, chooseNodes, type NodeChoice } from "./node-choice";
import { type ClusterOptions, type ClusterSource, checkClusterOptions, clusterDirectory } from "./options";
import { Components, type Program } from "./processes";
import { CONTROL_PLANE, GITOPS, NODES } from "./programs";
import { removeMachine, runningMachine } from "./real-node/machine";
import { nodeObstacle } from "./real-node/obstacles";
import { startRollouts } from "./rollouts";
import { type ClusterStatus, nodeStatus } from "./status";
import { buildTools, kubernetesVersion } from "./tools";

/** Port of the Kubernetes API, unless another is asked for. */
const DEFAULT_PORT = 6443;

/** Where the AWS emulator is, unless another place is given. */
const AWS_ENDPOINT = "http://127.0.0.1:4566";

/** Region whose zones the nodes are labelled with. */
const REGION = "us-east-1";

/**
 * Starts a cluster in the background, or finds the one that runs, and waits until its nodes are ready.
 *
 * A given kubeconfig is taken as it stands; else kind or k3d makes a cluster where a container engine
 * answers; else the control plane itself is built (once, about ten minutes) and run without containers.
 * What it holds is kept when it is ended, and is there at the next start.
 *
 * @throws LocalError when an option is wrong, the port is taken, or a program does not come up.
 */
export async function clusterUp(options: ClusterOptions = {}): Promise<ClusterStatus> {
  checkClusterOptions(options);
  const folder = clusterDirectory(options.stateDirectory);
  await ownFolder(resolve(folder, ".."), options);
  return alone(folder, options, async () => {
    const running = await clusterStatus(options);
    if (running && isWhole(running) && fits(running, readClusterFile(folder), options)) return running;
    const source = options.source ?? (options.kubeconfig ? "kubeconfig" : await preferred(folder));
    refuse(source, options);
    const choice = chooseNodes(options.nodes, source === "built" ? nodeObstacle() : undefined);
    await replace(running, folder, source);
    try {
      const access =
        source === "built" ? await startBuilt(folder, options, choice) : await adopt(folder, source, options);
      const version = options.gitops || source !== "built" ? undefined : kubernetesVersion();
      return await record(folder, source, access, options, version, choice);
    } catch (error) {
      // Nothing half-started stays.
      await endAll(folder);
      throw error;
    }
  });
}

/**
 * Ends the cluster. One that was given stays; one that kind or k3d made is deleted; the built one keeps
 * what it holds unless `purge` is asked for.
 *
 * @returns whether there was one.
 */
export async function clusterDown(
  options: Pick<ClusterOptions, "stateDirectory" | "onProgress"> & { readonly purge?: boolean } = {},
): Promise<boolean> {
  const folder = clusterDirectory(options.stateDirectory);
  refuseLinks(resolve(folder, ".."));
  if (!isSealed(resolve(folder, ".."))) return false;
  const file = readClusterFile(folder);
  const ended = await endAll(folder);
  if (file?.source === "kind" || file?.source === "k3d") await deleteWithEngine(file.source, options);
  removeDescription(resolve(folder, ".."));
  if (options.purge || (file && file.source !== "built")) rmSync(folder, { recursive: true, force: true });
  return ended || (file !== undefined && file.source !== "built");
}

/** The cluster that was started from a folder; undefined when none was, or all of it has ended. */
export async function clusterStatus(
  options: Pick<ClusterOptions, "stateDirectory"> = {},
): Promise<ClusterStatus | undefined> {
  const folder = clusterDirectory(options.stateDirectory);
  if (!isSealed(resolve(folder, ".."))) return undefined;
  const components = new Components(folder).list();
  const file = readClusterFile(folder);
  if (!file || !existsSync(file.kubeconfig)) return undefined;
  if (file.source === "built" && !components.some(isRunning)) return undefined;
  const access = readKubeconfig(file.kubeconfig);
  return {
    source: file.source,
    endpoint: access.endpoint,
    version: await versionOf(file, folder, access),
    kubeconfig: file.kubeconfig,
    gitops: file.gitops,
    ...(file.source === "built" ? { nodes: nodeStatus(file, folder) } : {}),
    components: components.map((component) => ({
      name: component.name,
      pid: component.pid,
      running: isRunning(component),
    })),
  };
}

/** Ends a cluster of this machine that is to be started anew; one that kind or k3d made is not thrown away. */
async function replace(
  running: ClusterStatus | undefined,
  folder: string,
  wanted: ClusterSource,
): Promise<void> {
  if ((running?.source === "kind" || running?.source === "k3d") && wanted !== running.source) {
    throw new LocalError(
      "input",
      `a cluster of ${running.source} is there, and ${wanted} is asked for\n  end it first: groundplan local cluster down`,
    );
  }
  await endAll(folder);
}

/** Ends all programs, and what a node has left that was killed or whose start was. @returns whether any still ran. */
async function endAll(folder: string): Promise<boolean> {
  const ended = await new Components(folder).end();
  return (await removeMachine(folder)) || ended > 0;
}

/** What made the last cluster of this folder makes the next one. */
async function preferred(folder: string): Promise<ClusterSource> {
  const last = readClusterFile(folder)?.source ?? "kubeconfig";
  return last === "kubeconfig" ? ((await engine()) ?? "built") : last;
}

async function startBuilt(
  folder: string,
  options: ClusterOptions,
  { nodes, obstacle }: NodeChoice,
): Promise<ClusterAccess> {
  const { onProgress, signal } = options;
  if (obstacle !== undefined) onProgress?.(`its nodes are simulated, and run no containers: ${obstacle}`);
  const tools = [...CONTROL_PLANE, ...NODES[nodes.kind], ...(options.gitops ? GITOPS : [])];
  await buildTools(tools, options);
  signal?.throwIfAborted();
  const port = await portFor(folder, options.port);
  privateFolder(folder);
  const credentials = credentialsIn(join(folder, "credentials"));
  const components = new Components(folder);
  onProgress?.(`starting Kubernetes ${kubernetesVersion()}`);
  const access = await startControlPlane(
    {
      folder,
      port,
      credentials,
      region: REGION,
      nodes,
      awsEndpoint: options.awsEndpoint ?? AWS_ENDPOINT,
    },
    components,
    signal,
  );
  if (!options.gitops) return access;
  onProgress?.("starting Argo CD and Argo Rollouts");
  const as = (name: "argocd" | "rollouts") => {
    const path = join(folder, `${name}.kubeconfig`);
    writeWhole(path, kubeconfig(access, `groundplan-${name}`, credentials.tokens[name]));
    return path;
  };
  const api = new KubernetesApi(access, credentials.tokens.admin);
  // Its checks ask Services, which answer in the network of a real node.
  const placed = (program: Program) =>
    nodes.kind === "real" ? runningMachine(folder).withNames(program) : program;
  await startRollouts(as("rollouts"), api, components, placed, signal);
  await startArgoCd(folder, as("argocd"), credentials, api, components, signal);
  return access;
}

/** A cluster from elsewhere. A given kubeconfig stays where it is: it may name files beside it. */
async function adopt(
  folder: string,
  source: Exclude<ClusterSource, "built">,
  options: ClusterOptions,
): Promise<ClusterAccess> {
  const path = kubeconfigOf(folder, options);
  if (source !== "kubeconfig") {
    privateFolder(folder);
    await createWithEngine(source, path, options);
  }
  return readKubeconfig(path);
}

/** What can be judged before anything that runs is touched. */
function refuse(source: ClusterSource, { gitops, kubeconfig: given }: ClusterOptions): void {
  if (gitops && source !== "built") {
    throw new LocalError(
      "input",
      `Argo CD is run beside the built control plane only, and this cluster comes from ${source}\n  install Argo CD in it, or add --source built`,
    );
  }
  if (source === "kubeconfig") readKubeconfig(resolve(given ?? ""));
}

async function record(
  folder: string,
  source: ClusterSource,
  access: ClusterAccess,
  options: ClusterOptions,
  version: string | undefined,
  { nodes, obstacle }: NodeChoice,
): Promise<ClusterStatus> {
  const path = kubeconfigOf(folder, options);
  if (source === "built") {
    const { tokens } = credentialsIn(join(folder, "credentials"));
    writeWhole(path, kubeconfig(access, "groundplan", tokens.admin));
  }
  writeClusterFile(folder, {
    source,
    port: Number(new URL(access.endpoint).port),
    kubeconfig: path,
    gitops: options.gitops ?? false,
    awsEndpoint: options.awsEndpoint ?? AWS_ENDPOINT,
    nodes,
    ...(obstacle === undefined ? {} : { obstacle }),
  });
  writeDescription(resolve(folder, ".."), {
    endpoint: access.endpoint,
    certificateAuthorityData: access.certificateAuthorityData,
    version: version ?? kubernetesVersion(),
  });
  const status = await clusterStatus({ stateDirectory: resolve(folder, "..") });
  if (!status) throw new LocalError("failed", "the cluster ended right after its start");
  return status;
}

async function portFor(folder: string, asked: number | undefined): Promise<number> {
  if (asked === 0) return (await freePorts(1))[0] ?? 0;
  const port = asked ?? readClusterFile(folder)?.port ?? DEFAULT_PORT;
  if (await isFree(port)) return port;
  throw new LocalError(
    "input",
    `port ${port} is taken by another program\n  stop that program, or choose another port: groundplan local cluster up --port ${port + 100}`,
  );
}

async function versionOf(
  file: ClusterFile,
  folder: string,
  access: ClusterAccess,
): Promise<string | undefined> {
  if (file.source !== "built") return undefined;
  const { tokens } = credentialsIn(join(folder, "credentials"));
  return new KubernetesApi(access, tokens.admin).version().catch(() => undefined);
}

function isWhole(status: ClusterStatus): boolean {
  if (status.source !== "built") return true;
  return status.version !== undefined && status.components.every(({ running }) => running);
}

/** Whether what runs is what is asked for; what differs is started anew, with all that it holds. */
function fits(status: ClusterStatus, file: ClusterFile | undefined, options: ClusterOptions): boolean {
  const { gitops = false, port, source, kubeconfig: given, awsEndpoint = AWS_ENDPOINT, nodes } = options;
  if (given !== undefined || (source !== undefined && source !== status.source)) return false;
  if (status.source !== "built") return true;
  if ((gitops && !status.gitops) || awsEndpoint !== file?.awsEndpoint) return false;
  if (!areNodesAsAsked(file.nodes, nodes)) return false;
  return port === undefined || port === 0 || port === file.port;
}

function kubeconfigOf(folder: string, { kubeconfig: given }: ClusterOptions): string {
  return given === undefined ? join(folder, "kubeconfig") : resolve(given);
}
