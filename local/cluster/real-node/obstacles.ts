import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that a real node runs, and the package of Debian that has it. */
interface NodeProgram {
  readonly name: string;
  readonly package: string;
}

/** What a node needs of the machine; kubelet and kube-proxy are built. */
const PROGRAMS: readonly NodeProgram[] = [
  { name: "containerd", package: "containerd" },
  { name: "containerd-shim-runc-v2", package: "containerd" },
  { name: "ctr", package: "containerd" },
  { name: "runc", package: "runc" },
  { name: "iptables", package: "iptables" },
  { name: "nsenter", package: "util-linux" },
];

/** Folders in which CNI's plugins lie: Debian's, and the one of most others. */
const PLUGIN_FOLDERS = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"];

const PLUGINS = ["bridge", "ptp", "host-local", "loopback", "portmap"];

/** Where programs lie that only the administrator's PATH names. */
const ADMINISTRATION = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** What is asked of the machine; tests ask another one. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly user: number;
  readonly path: string;
  readonly exists: (path: string) => boolean;
  readonly isWritable: (path: string) => boolean;
}

export function thisMachine(): Machine {
  return {
    platform: process.platform,
    user: process.getuid?.() ?? -1,
    path: process.env.PATH ?? "",
    exists: existsSync,
    isWritable,
  };
}

/**
 * Why this machine cannot run a real node, and what to do about it.
 *
 * @returns undefined where it can.
 */
export function nodeObstacle(machine: Machine = thisMachine()): string | undefined {
  if (machine.platform !== "linux") return "containers need Linux";
  if (machine.user !== 0)
    return "namespaces and cgroups of a node need root: run it as root, e.g. by sudo -E";
  const missing = PROGRAMS.filter(({ name }) => findNodeProgram(name, machine) === undefined);
  const packages = new Set(missing.map((program) => program.package));
  if (pluginFolder(machine) === undefined) packages.add("containernetworking-plugins");
  if (packages.size > 0) {
    const names = [...missing.map(({ name }) => name), ...(pluginFolder(machine) ? [] : ["CNI's plugins"])];
    const install = `apt-get install --no-install-recommends ${[...packages].join(" ")}`;
    return `${names.join(", ")} ${names.length > 1 ? "are" : "is"} missing: ${install}`;
  }
  const hierarchy = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"].find(machine.exists);
  if (hierarchy === undefined) return "cgroups are not mounted on /sys/fs/cgroup";
  return machine.isWritable(hierarchy) ? undefined : `no cgroup can be made: ${hierarchy} is read-only`;
}

/** Path of a program that the node needs; undefined where it is missing. */
export function findNodeProgram(name: string, { path, exists }: Machine = thisMachine()): string | undefined {
  const folders = [...path.split(delimiter).filter(Boolean), ...ADMINISTRATION];
  return folders.map((folder) => join(folder, name)).find(exists);
}

/** Folder with all plugins of CNI that are needed. */
export function pluginFolder({ exists }: Machine = thisMachine()): string | undefined {
  return PLUGIN_FOLDERS.find((folder) => PLUGINS.every((plugin) => exists(join(folder, plugin))));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
