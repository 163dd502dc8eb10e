import type { ChildProcess } from "node:child_process";
import { removeCgroup } from "../cluster/real-node/cgroup";
import { HOST_ADDRESS } from "./addresses";
import { firstProcess, type Host } from "./host";
import { FIRMWARE_ID } from "./machine-base";
import { attachMachine } from "./machine-network";
import { detachNetwork, networkPath } from "./network";

/** Properties of {@link startMachine}. */
export interface MachineProps {
  /** Id of the instance: letters, digits and hyphens. */
  readonly id: string;

  /** Folder of what the machine writes; it is there before, or is made. */
  readonly folder: string;

  /** Folders that it is based on, the topmost first. */
  readonly layers: readonly string[];

  readonly address: string;

  /** Other addresses that lead to it: public ones, and those of IPv6. */
  readonly otherAddresses: readonly string[];

  /** Routers that an answer with metadata may cross. @default - any */
  readonly hopLimit?: number;

  /** Bytes of memory. */
  readonly memory?: number;

  /** Port of AWS inside, and the Region. */
  readonly aws: { readonly port: number; readonly region: string };
}

/** A machine that runs, or has run. */
export interface Machine {
  /** What it has written to its console, the last 64 KB, as EC2 keeps it. */
  console(): string;

  /** Resolves when the machine has come up: its systemd has started what it starts at boot. */
  readonly booted: Promise<void>;

  /** How it ended, when it has. */
  readonly ended: Promise<"off" | "reboot">;

  /** Asks it to shut down, as the power button does, and ends it after a while. */
  powerOff(): Promise<void>;

  /** Ends it at once. */
  kill(): Promise<void>;
}

/** Characters of the console that are kept. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html */
const CONSOLE = 65_536;

/** Milliseconds for which a machine may shut down. */
const SHUTDOWN_LIMIT = 30_000;

/** Exit code of systemd-nspawn when its machine wants to boot again. */
const REBOOT = 133;

/**
 * Boots a machine: a root file system of layers, systemd, and a network namespace with its address.
 *
 * @throws when it cannot be started.
 */
export async function startMachine(host: Host, props: MachineProps): Promise<Machine> {
  const { id, folder } = props;
  const root = machineRoot(id);
  const network = networkName(id);
  const clean = async () => {
    await removeCgroup(machineCgroup(host, id));
    await host.within("umount", ["-l", root]);
    await host.within("rm", ["-rf", root, `${root}.etc`]);
    await detachNetwork(host, network);
  };
  await clean();
  try {
    await host.succeed("/bin/sh", [
      "-ec",
      MOUNT,
      "sh",
      root,
      folder,
      props.layers.join(":"),
      host.snapshotter,
    ]);
    await writeSettings(host, `${root}.etc`, props);
    await attachMachine(host, network, props);
    const { memory = 0 } = props;
    const child = await host.spawn("/bin/sh", [
      ...["-ec", SPAWN, "sh", machineCgroup(host, id), String(memory), "systemd-nspawn"],
      ...["--boot", `--directory=${root}`, `--machine=${id}`, "--register=no", "--keep-unit"],
      ...[`--network-namespace-path=${networkPath(network)}`, "--console=read-only"],
      ...[
        "--resolv-conf=off",
        "--timezone=off",
        "--link-journal=no",
        "--capability=CAP_NET_ADMIN,CAP_SYS_ADMIN",
      ],
      ...Object.entries(SETTINGS).map(([name, path]) => `--bind-ro=${root}.etc/${name}:${path}`),
      ...["--", "--show-status=1", "--log-target=console"],
    ]);
    return machineOf(child, clean);
  } catch (error) {
    await clean();
    throw error;
  }
}

/** Where the root file system of a machine is mounted, inside the host. */
export function machineRoot(id: string): string {
  return `/run/machines/${id}`;
}

function machineOf(child: ChildProcess, clean: () => Promise<void>): Machine {
  let text = "";
  let tellBooted: () => void = () => undefined;
  const booted = new Promise<void>((resolve) => {
    tellBooted = resolve;
  });
  const take = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-CONSOLE);
    if (UP.test(text)) tellBooted();
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  const exited = new Promise<number>((resolve) => {
    child.once("error", () => resolve(255));
    child.once("close", (code) => resolve(code ?? 137));
  });
  const ended = exited.then(async (code) => {
    // What stays is said by the next start, which cannot do without its place.
    await clean().catch(() => undefined);
    return code === REBOOT ? "reboot" : "off";
  });
  const signal = async (name: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const pid = await firstProcess(child).catch(() => undefined);
    try {
      if (pid !== undefined) process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  };
  const kill = async () => {
    await signal("SIGKILL");
    await ended;
  };
  return {
    console: () => text,
    booted,
    ended,
    async powerOff() {
      const late = setTimeout(() => void signal("SIGKILL"), SHUTDOWN_LIMIT);
      await signal("SIGTERM");
      await ended;
      clearTimeout(late);
    },
    kill,
  };
}

/** systemd says so when all that it starts at boot has been started. */
const UP = /Reached target .*multi-user\.target/;

/** Interfaces have 15 characters at most. */
function networkName(id: string): string {
  return `m${id.replace(/^i-/, "").slice(-11)}`;
}

function machineCgroup(host: Host, id: string): string {
  return `${host.cgroup}/${id}`;
}

/** Files that a machine has from outside, by which its programs find AWS; they are in no image of it. */
const SETTINGS: Readonly<Record<string, string>> = {
  systemd: "/etc/systemd/system.conf.d/50-groundplan-local.conf",
  sshd: "/etc/ssh/sshd_config.d/50-groundplan-local.conf",
  shell: "/etc/profile.d/groundplan-local.sh",
  session: "/etc/systemd/system/user@.service.d/50-groundplan-local.conf",
  firmware: FIRMWARE_ID,
};

async function writeSettings(
  host: Host,
  folder: string,
  { id, aws: { port, region } }: Pick<MachineProps, "id" | "aws">,
): Promise<void> {
  const variables = Object.entries({
    AWS_ENDPOINT_URL: `http://${HOST_ADDRESS}:${port}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  }).map(([name, value]) => `${name}=${value}`);
  const contents: Readonly<Record<string, string>> = {
    systemd: `[Manager]\nDefaultEnvironment=${variables.join(" ")}\n`,
    sshd: `SetEnv ${variables.join(" ")}\n`,
    shell: `export ${variables.join(" ")}\n`,
    // With cgroups of the first version systemd is not told that a user's last process has ended, and a reboot waits two minutes.
    session: "[Service]\nTimeoutStopSec=2s\n",
    firmware: `ec2${id.replace(/^i-/, "").padEnd(29, "0")}\n`,
  };
  await host.succeed("mkdir", ["-p", folder]);
  for (const [name, content] of Object.entries(contents)) {
    await host.succeed("/bin/sh", ["-ec", 'cat > "$0"', `${folder}/${name}`], content);
  }
}

/** Mounts the layers; on a file system that carries no overlay they are copied, once. */
const MOUNT = `
root=$1 folder=$2 layers=$3 snapshotter=$4
mkdir -p "$root" "$folder"
if [ "$snapshotter" = overlayfs ]; then
  mkdir -p "$folder/upper" "$folder/work"
  mount -t overlay overlay -o "lowerdir=$layers,upperdir=$folder/upper,workdir=$folder/work" "$root"
else
  if ! [ -d "$folder/whole" ]; then
    rm -rf "$folder/part"
    cp -a --reflink=auto "\${layers%%:*}" "$folder/part"
    mv "$folder/part" "$folder/whole"
  fi
  mount --bind "$folder/whole" "$root"
fi
`;

/** Joins a cgroup of its own in every hierarchy, and becomes the rest of the arguments. */
const SPAWN = `
cgroup=$1 memory=$2
shift 2
trees=/sys/fs/cgroup
if ! [ -e $trees/cgroup.controllers ]; then trees="/sys/fs/cgroup/*/"; fi
for tree in $trees; do
  if ! [ -e "$tree/cgroup.procs" ]; then continue; fi
  mkdir -p "$tree/$cgroup"
  if [ -e "$tree/$cgroup/cpuset.cpus" ]; then
    for folder in "\${cgroup%/*}" "$cgroup"; do
      for file in cpuset.cpus cpuset.mems; do
        if [ -z "$(cat "$tree/$folder/$file")" ]; then cat "$tree/$file" > "$tree/$folder/$file" || true; fi
      done
    done
  fi
  if [ "$memory" -gt 0 ]; then
    for file in memory.limit_in_bytes memory.max; do
      if [ -e "$tree/$cgroup/$file" ]; then echo "$memory" > "$tree/$cgroup/$file" || true; fi
    done
  fi
  echo 0 > "$tree/$cgroup/cgroup.procs"
done
# Forwarding and the like are the machine's own affair; else nspawn mounts them to be read alone.
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
exec "$@"
`;
