import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { privateFolder, setKernelFile } from "../files/private";
import { readSmallFile } from "../files/read-file";

const ROOT = "/sys/fs/cgroup";

/** Microseconds over which CPU time is counted. */
const PERIOD = 100_000;

/** What all containers of a task have together. */
export interface TaskLimits {
  /** Units of CPU: 1024 is one core. */
  readonly cpu?: number;

  /** Bytes. */
  readonly memory?: number;
}

/** Makes the cgroup of a task, in which runc makes one for each of its containers. */
export function makeTaskCgroup(name: string, { cpu, memory }: TaskLimits): void {
  const quota = cpu === undefined ? undefined : Math.max(1000, Math.round((cpu / 1024) * PERIOD));
  const write = (controller: string, file: string, value: string | undefined) => {
    if (value !== undefined) setKernelFile(join(ROOT, controller, name, file), value);
  };
  if (existsSync(join(ROOT, "cgroup.controllers"))) {
    const [parent = ""] = name.split("/");
    privateFolder(join(ROOT, parent));
    for (const above of ["", parent]) {
      setKernelFile(join(ROOT, above, "cgroup.subtree_control"), "+cpu +memory +pids");
    }
    privateFolder(join(ROOT, name));
    write("", "memory.max", memory === undefined ? undefined : String(memory));
    write("", "cpu.max", quota === undefined ? undefined : `${quota} ${PERIOD}`);
    return;
  }
  for (const controller of ["memory", "cpu"]) {
    privateFolder(join(ROOT, controller, name));
  }
  write("memory", "memory.limit_in_bytes", memory === undefined ? undefined : String(memory));
  write("cpu", "cpu.cfs_quota_us", quota === undefined ? undefined : String(quota));
}

/** Whether the memory of a task has come to its limit. */
export function cameToMemoryLimit(name: string): boolean {
  const read = (path: string) => (existsSync(path) ? readSmallFile(path) : "");
  const second = /^oom_kill (\d+)$/m.exec(read(join(ROOT, name, "memory.events")))?.[1];
  return Number(second ?? read(join(ROOT, "memory", name, "memory.failcnt"))) > 0;
}

/** Removes the cgroup of a task whose processes have ended; what is still in use goes with the host's. */
export function removeTaskCgroup(name: string): void {
  const hierarchies = ["", ...readdirSync(ROOT)];
  for (const hierarchy of hierarchies) {
    const folder = join(ROOT, hierarchy, name);
    if (!existsSync(folder)) continue;
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) rmdirSync(join(folder, entry.name));
      }
      rmdirSync(folder);
    } catch {
      // `down` removes the whole.
    }
  }
}
