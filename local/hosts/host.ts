import type { ChildProcess } from "node:child_process";
import { existsSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { cgroupOf, removeCgroup } from "../cluster/real-node/cgroup";
import { findNodeProgram } from "../cluster/real-node/obstacles";
import { openLog } from "../daemon/log";
import { privateFolder, privately, spawnPrivately, writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";
import { WORKSPACE } from "../workspace";
import { HOST_ADDRESS, INSTANCE_METADATA_ADDRESS, METADATA_ADDRESS, RESOLVER_ADDRESS } from "./addresses";
import type { BridgeSettings } from "./bridge";
import { hostObstacle } from "./obstacles";
import { OUTSIDE_RANGE } from "./outside-names";

/** Milliseconds within which the namespaces and containerd must be there. */
const LIMIT = 30_000;

/** Kind of file system, as statfs tells it, that an overlay cannot be put on: an overlay itself. */
const OVERLAY = 0x794c7630;

/** Properties of {@link Host}. */
export interface HostProps {
  readonly stateDirectory: string;

  /** Port of the gateway, which is the port of AWS inside too. */
  readonly gatewayPort: () => number;

  /** Paths of the Unix sockets on which AWS, and the metadata of tasks and of instances, are answered, and of the way outward. */
  readonly sockets: {
    readonly folder: string;
    readonly aws: string;
    readonly metadata: string;
    readonly instanceMetadata: string;
    readonly outward: string;
  };
}

/** What runs for tasks and databases: namespaces, with containerd for the images, and a bridge in and out of the network. */
interface Running {
  readonly holder: ChildProcess;
  readonly bridge: ChildProcess;

  /** Process id of the first process in the namespaces. */
  readonly pid: number;
}

/** What a command in the host has written. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * A host for the containers of tasks, made at the first of them.
 *
 * All is in namespaces of one process (network, mounts, processes) that the kernel ends with the daemon, however that ends: what
 * is made inside, addresses, mounts and rules, goes with it. Only its cgroup stays, and is removed by `down` and the next start.
 */
export class Host {
  private running: Promise<Running> | undefined;
  private isStopped = false;
  private namespacePid: number | undefined;

  constructor(private readonly props: HostProps) {}

  /** Path of the network namespace in which all addresses are, while it runs: for `nsenter --net=<path>`. */
  get networkNamespace(): string | undefined {
    return this.namespacePid === undefined ? undefined : `/proc/${this.namespacePid}/ns/net`;
  }

  /** Why nothing can run here; undefined where it can. */
  readonly obstacle = hostObstacle();

  /** Name of the cgroup of all that runs here. */
  get cgroup(): string {
    return hostCgroup(this.props.stateDirectory);
  }

  get stateDirectory(): string {
    return this.props.stateDirectory;
  }

  /** Folder of what it keeps: images. */
  get folder(): string {
    return join(this.props.stateDirectory, "hosts");
  }

  /** Path of the Unix socket on which an HTTP `CONNECT` leads to an address of the tasks' network. */
  get inward(): string {
    return join(this.props.sockets.folder, "inward");
  }

  /** Which snapshots containerd makes: overlays, where the file system can carry them. */
  get snapshotter(): string {
    return statfsSync(this.folder).type === OVERLAY ? "native" : "overlayfs";
  }

  /** Starts it, or waits until it has started. @throws when it cannot. */
  async start(): Promise<void> {
    await this.run();
  }

  /** Runs a program in the namespaces, and waits for its end; a failure is told by the exit code. */
  async within(file: string, args: readonly string[], input = ""): Promise<Output> {
    const { pid } = await this.run();
    const { stdout, stderr, exitCode } = await privately(() =>
      execa(findNodeProgram("nsenter") ?? "nsenter", enter(pid, file, args), {
        reject: false,
        input,
        env: this.environment,
      }),
    );
    return { stdout, stderr, exitCode: exitCode ?? 255 };
  }

  /** Runs a program in the namespaces. @throws with what it has said when it fails. */
  async succeed(file: string, args: readonly string[], input = ""): Promise<string> {
    const { stdout, stderr, exitCode } = await this.within(file, args, input);
    if (exitCode === 0) return stdout;
    const reason = stderr.trim().split("\n").at(-1) ?? "";
    throw new Error(`${file} ${args[0] ?? ""}: ${reason || `exit code ${exitCode}`}`);
  }

  /** Starts a program in the namespaces, as a child of this process with pipes for what it writes. */
  async spawn(file: string, args: readonly string[]): Promise<ChildProcess> {
    const { pid } = await this.run();
    return spawnPrivately(findNodeProgram("nsenter") ?? "nsenter", enter(pid, file, args), {
      stdio: ["ignore", "pipe", "pipe"],
      env: this.environment,
    });
  }

  /** Gives addresses of the tasks' network names there. */
  async name(names: Readonly<Record<string, string>>): Promise<void> {
    const { bridge } = await this.run();
    bridge.send({ names });
  }

  /** Runs `ctr`, the client of containerd. */
  ctr(...args: readonly string[]): Promise<string> {
    return this.succeed("ctr", ["--address", CONTAINERD, "--namespace", "groundplan", ...args]);
  }

  /** Ends everything in it. */
  async stop(): Promise<void> {
    this.isStopped = true;
    const running = await this.running?.catch(() => undefined);
    this.running = undefined;
    this.namespacePid = undefined;
    if (running) {
      running.bridge.kill("SIGKILL");
      await endedBy(running.holder, () => running.holder.kill("SIGKILL"));
    }
    if (this.obstacle === undefined) await removeCgroup(this.cgroup);
  }

  private run(): Promise<Running> {
    if (this.isStopped) return Promise.reject(new Error("the host of containers was ended"));
    this.running ??= this.startAll().catch((error) => {
      this.running = undefined;
      throw error;
    });
    return this.running;
  }

  private async startAll(): Promise<Running> {
    if (this.obstacle !== undefined) throw new Error(this.obstacle);
    await removeCgroup(this.cgroup);
    privateFolder(this.folder);
    const configuration = join(this.folder, "containerd.toml");
    writeWhole(configuration, containerdConfiguration(join(this.folder, "containerd")));
    const log = openLog(this.props.stateDirectory, "hosts.log");
    const holder = spawnPrivately(
      findNodeProgram("setpriv") ?? "setpriv",
      [
        ...["--pdeathsig", "KILL", findNodeProgram("unshare") ?? "unshare"],
        ...["--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"],
        ...["/bin/sh", "-c", SETUP, findNodeProgram("containerd") ?? "containerd", configuration],
      ],
      { stdio: ["ignore", log, log], env: this.environment },
    );
    try {
      const pid = await firstProcess(holder);
      await this.untilReady(holder, pid);
      const bridge = await this.startBridge(pid, log);
      this.namespacePid = pid;
      return { holder, pid, bridge };
    } catch (error) {
      holder.kill("SIGKILL");
      throw error;
    }
  }

  private async startBridge(pid: number, log: number): Promise<ChildProcess> {
    const { gatewayPort, sockets } = this.props;
    const { aws, metadata, instanceMetadata, outward } = sockets;
    const settings: BridgeSettings = {
      port: gatewayPort(),
      ...{ aws, metadata, instanceMetadata, outward },
      inward: this.inward,
    };
    const script = join(WORKSPACE, "dist", "hosts", "bridge.js");
    const bridge = spawnPrivately(
      findNodeProgram("nsenter") ?? "nsenter",
      enter(pid, process.execPath, [script, JSON.stringify(settings)]),
      { stdio: ["ignore", log, log, "ipc"], env: this.environment },
    );
    await new Promise<void>((resolve, reject) => {
      bridge.once("message", () => resolve());
      bridge.once("exit", (code) => reject(new Error(`the bridge ended with code ${code}; see hosts.log`)));
    });
    return bridge;
  }

  private async untilReady(holder: ChildProcess, pid: number): Promise<void> {
    const ctr = findNodeProgram("ctr") ?? "ctr";
    for (const begun = Date.now(); ; await sleep(50)) {
      const args = enter(pid, ctr, ["--address", CONTAINERD, "version"]);
      const { exitCode } = await privately(() =>
        execa(findNodeProgram("nsenter") ?? "nsenter", args, { reject: false, env: this.environment }),
      );
      if (exitCode === 0) return;
      if (holder.exitCode !== null || Date.now() - begun > LIMIT) {
        throw new Error(
          `the host of containers did not start\n  see ${join(this.props.stateDirectory, "hosts.log")}`,
        );
      }
    }
  }

  private get environment(): NodeJS.ProcessEnv {
    // Programs of networks and containers lie where only the administrator's PATH leads.
    return { PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`, HOME: process.env.HOME };
  }
}

const CONTAINERD = "/run/containerd.sock";

/** What the first process does, and then becomes containerd. */
const SETUP = `
set -e
umask 022
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/netns /run/containers /run/volumes /run/databases /run/machines
ip link set lo up
for address in ${HOST_ADDRESS} ${METADATA_ADDRESS} ${INSTANCE_METADATA_ADDRESS} ${RESOLVER_ADDRESS}; do ip address add $address/32 dev lo; done
ip route add local ${OUTSIDE_RANGE} dev lo
echo 1 > /proc/sys/net/ipv4/ip_forward
# Some programs of containers take a machine with both versions of cgroups for one of the second.
if mountpoint -q /sys/fs/cgroup/unified; then umount -l /sys/fs/cgroup/unified; fi
exec "$0" --config "$1"
`;

/** Removes what a host has left that was ended by force: its cgroup, with what still runs in it. */
export async function removeHostLeftovers(stateDirectory: string): Promise<void> {
  if (process.platform === "linux" && process.getuid?.() === 0)
    await removeCgroup(hostCgroup(stateDirectory));
}

/** Name of the cgroup of the host of a state folder. */
export function hostCgroup(stateDirectory: string): string {
  return cgroupOf(join(stateDirectory, "hosts"));
}

/** Arguments of `nsenter`. What is made inside is for containers of any user; the folder around it is closed. */
function enter(pid: number, file: string, args: readonly string[]): string[] {
  const namespaces = ["--mount", "--net", "--pid", "--ipc", "--uts"];
  return [
    `--target=${pid}`,
    ...namespaces,
    "--",
    "/bin/sh",
    "-c",
    'umask 022; exec "$0" "$@"',
    file,
    ...args,
  ];
}

/**
 * The process that `unshare` or `nsenter` has started in the namespaces.
 *
 * @throws when that has ended before it started one.
 */
export async function firstProcess(holder: ChildProcess): Promise<number> {
  const children = `/proc/${holder.pid}/task/${holder.pid}/children`;
  for (const begun = Date.now(); Date.now() - begun < LIMIT; await sleep(10)) {
    if (holder.exitCode !== null || holder.pid === undefined) break;
    const found = existsSync(children) ? Number.parseInt(readSmallFile(children), 10) : Number.NaN;
    if (Number.isInteger(found)) return found;
  }
  throw new Error("no namespaces could be made; see hosts.log");
}

function endedBy(child: ChildProcess, end: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    end();
  });
}

/** containerd, for images alone: what runs containers is runc. */
function containerdConfiguration(root: string): string {
  return `version = 2
root = ${JSON.stringify(root)}
state = "/run/containerd"
oom_score = 0
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[grpc]
  address = "${CONTAINERD}"
`;
}
