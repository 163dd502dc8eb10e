import { findNodeProgram, type Machine, thisMachine } from "../cluster/real-node/obstacles";

/** Programs that run a task's containers, and the package of Debian that has each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
  ip: "iproute2",
  nsenter: "util-linux",
  unshare: "util-linux",
  setpriv: "util-linux",
};

/** Programs that boot an instance, and the package of Debian that has each. */
const MACHINE_PROGRAMS: Readonly<Record<string, string>> = {
  "systemd-nspawn": "systemd-container",
  mmdebstrap: "mmdebstrap",
};

/**
 * Why this machine cannot boot instances, and what to do about it; they need all that containers need too.
 *
 * @returns undefined where it can.
 */
export function machineObstacle(machine: Machine = thisMachine()): string | undefined {
  return hostObstacle(machine, { ...PROGRAMS, ...MACHINE_PROGRAMS });
}

/**
 * Why this machine cannot run the containers of tasks, and what to do about it.
 *
 * @returns undefined where it can.
 */
export function hostObstacle(
  machine: Machine = thisMachine(),
  programs: Readonly<Record<string, string>> = PROGRAMS,
): string | undefined {
  if (machine.platform !== "linux") return "containers need Linux";
  if (machine.user !== 0)
    return "namespaces and cgroups of tasks need root: start it as root, e.g. by sudo -E";
  const missing = Object.keys(programs).filter((name) => findNodeProgram(name, machine) === undefined);
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((name) => programs[name]))].join(" ");
    const verb = missing.length > 1 ? "are" : "is";
    return `${missing.join(", ")} ${verb} missing: apt-get install --no-install-recommends ${packages}`;
  }
  const hierarchy = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"].find(machine.exists);
  if (hierarchy === undefined) return "cgroups are not mounted on /sys/fs/cgroup";
  return machine.isWritable(hierarchy) ? undefined : `no cgroup can be made: ${hierarchy} is read-only`;
}
