import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../../program";

/**
 * What a real node makes on a machine, as far as it can be seen: mounts, network namespaces, links, rules, cgroups and
 * processes.
 *
 * @param folder - of the cluster.
 * @param cgroup - its name.
 * @param inside - of which process the namespaces are looked at. @default - those of the machine
 */
export async function traces(folder: string, cgroup: string, inside?: number): Promise<readonly string[]> {
  const look = async (file: string, ...args: string[]) => {
    const enter = ["--target", String(inside), "--mount", "--net", "--pid", "--", file, ...args];
    const { code, stdout, output } = inside
      ? await runProgram("nsenter", enter)
      : await runProgram(file, args);
    if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${code}\n${output}`);
    return stdout.split("\n").filter((line) => line !== "");
  };
  const mounts = await look("cat", "/proc/mounts");
  const namespaces = await look("sh", "-c", "ls /run/netns 2>/dev/null || true");
  const links = await look("ip", "-oneline", "link");
  const rules = await look("iptables-save");
  return [
    ...mounts.filter((line) => line.includes(folder) || /\/run\/groundplan|\/run\/containerd/.test(line)),
    ...namespaces.filter((name) => name.startsWith("cni-")),
    ...links.filter((line) => /\b(?:node0|cni0)[:@]/.test(line)),
    ...rules.filter((line) => /KUBE-|CNI-/.test(line)),
    ...cgroupsOf(cgroup),
    ...processesOf(folder, cgroup),
  ];
}

export function cgroupsOf(name: string): readonly string[] {
  const root = "/sys/fs/cgroup";
  return [root, ...readdirSync(root).map((hierarchy) => join(root, hierarchy))]
    .map((hierarchy) => join(hierarchy, name))
    .filter((path) => existsSync(path));
}

function processesOf(folder: string, cgroup: string): readonly string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const isOurs = line.includes(folder) || readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(cgroup);
      return isOurs ? [`process ${pid}: ${line}`] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}
