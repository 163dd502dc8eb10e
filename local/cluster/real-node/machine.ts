import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { privateFolder, writeWhole } from "../../files/private";
import { readSmallFile } from "../../files/read-file";
import { LocalError } from "../../options";
import { isRunning } from "../../process/process-file";
import { nodeName } from "../nodes";
import type { Components, Program } from "../processes";
import { toolPath, toolsDirectory } from "../tools";
import { cgroupFolders, cgroupOf, removeCgroup } from "./cgroup";
import { findNodeProgram } from "./obstacles";
import { NODE_ADDRESS } from "./places";

/** Milliseconds within which the namespaces must be there. */
const LIMIT = 120_000;

/** The namespaces of a real node: the control plane is in its network, what runs containers in all of them. */
export interface NodeMachine {
  /** Folder of what the node keeps. */
  readonly folder: string;

  readonly cgroup: string;

  /** Runs a program in the node's network, and with the machine's files. */
  inNetwork(program: Program): Program;

  /** Runs a program in the node's network, with the machine's files and the names of the cluster's Services. */
  withNames(program: Program): Program;

  /** Runs a program in all namespaces of the node. */
  within(program: Program): Program;
}

/** The folder of the real node in the cluster's. */
export function nodeFolder(folder: string): string {
  return join(folder, "node");
}

/**
 * Makes the namespaces of a real node, and leads the API out of them and the AWS emulator in.
 *
 * @param folder - of the cluster.
 * @param endpoints - of the API and of the AWS emulator, and the token by which Services are listed, whose node ports are
 * led out.
 */
export async function startMachine(
  folder: string,
  endpoints: { readonly api: string; readonly aws: string; readonly token: string },
  components: Components,
  signal: AbortSignal | undefined,
): Promise<NodeMachine> {
  const own = nodeFolder(folder);
  const cgroup = cgroupOf(folder);
  await removeCgroup(cgroup);
  const ready = pidFile(folder);
  rmSync(ready, { force: true });
  for (const name of ["kubelet", "logs"]) rmSync(join(own, name), { recursive: true, force: true });
  for (const name of ["", "logs", "kubelet", "containerd"]) privateFolder(join(own, name));
  const token = join(folder, "node.token");
  writeWhole(token, endpoints.token);
  const settings = join(folder, "node.json");
  const content = {
    cgroup,
    name: nodeName(0),
    data: own,
    programs: toolsDirectory(),
    address: `${NODE_ADDRESS}/24`,
    ready,
    outward: isOnLoopback(endpoints.aws) ? [new URL(endpoints.aws).host] : [],
    api: endpoints.api,
    authority: join(folder, "ca.pem"),
    token,
  };
  writeWhole(settings, JSON.stringify(content));
  const node = await components.start({ name: "node", file: toolPath("node"), args: ["run", settings] });
  for (let waited = 0; !existsSync(ready); waited += 20) {
    signal?.throwIfAborted();
    if (waited > LIMIT || !isRunning(node)) {
      throw new LocalError("failed", `the node cannot be set up\n  see ${components.logOf("node")}`);
    }
    await sleep(20);
  }
  return machineOf(own, cgroup, Number(readSmallFile(ready)));
}

/** The machine of a real node that runs. */
export function runningMachine(folder: string): NodeMachine {
  return machineOf(nodeFolder(folder), cgroupOf(folder), Number(readSmallFile(pidFile(folder))));
}

function machineOf(folder: string, cgroup: string, pid: number): NodeMachine {
  const nsenter = findNodeProgram("nsenter") ?? "nsenter";
  // iptables and the plugins of CNI lie where only the administrator's PATH leads.
  const PATH = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`;
  const processes = cgroupFolders(cgroup).map((one) => join(one, "system", "cgroup.procs"));
  const enter = (namespaces: readonly string[], { file, args, environment, ...rest }: Program): Program => ({
    ...rest,
    file: "/bin/sh",
    // First of all into the node's cgroup, from which it can be ended whatever happens next.
    args: [
      "-c",
      `${processes.map((path) => `echo $$ > ${path} && `).join("")} exec "$0" "$@"`,
      ...[nsenter, `--target=${pid}`, ...namespaces, "--", file, ...args],
    ],
    environment: { PATH, ...environment },
  });
  return {
    folder,
    cgroup,
    inNetwork: (program) => enter(["--net"], program),
    withNames: ({ file, args, ...rest }) => {
      const names = join(folder, "resolv.conf");
      writeWhole(
        names,
        `nameserver ${NODE_ADDRESS}\nsearch svc.cluster.local cluster.local\noptions ndots:5\n`,
      );
      const mount = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
      const inside = {
        ...rest,
        file: "unshare",
        args: ["--mount", "/bin/sh", "-c", mount, names, file, ...args],
      };
      return enter(["--net"], inside);
    },
    // What these make inside is for pods of any user; the folder around it is closed.
    within: ({ file, args, ...rest }) =>
      enter(["--mount", "--net", "--pid", "--uts", "--ipc"], {
        ...rest,
        file: "/bin/sh",
        args: ["-c", 'umask 022; exec "$0" "$@"', file, ...args],
      }),
  };
}

function isOnLoopback(endpoint: string): boolean {
  return /^(?:127\.|localhost$)/.test(new URL(endpoint).hostname);
}

/** Path of the network namespace of a node that runs. */
export function networkNamespaceOf(folder: string): string | undefined {
  try {
    const path = `/proc/${Number(readSmallFile(pidFile(folder)))}/ns/net`;
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Written by the node, with the id of the first process in its namespaces. */
function pidFile(folder: string): string {
  return join(folder, "node.pid");
}

/** Takes away what a real node has left that was not ended in order: processes, and its cgroup. */
export async function removeMachine(folder: string): Promise<boolean> {
  return removeCgroup(cgroupOf(folder));
}
