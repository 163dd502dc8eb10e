import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Run, runProgram } from "../../program";
import { temporaryFolder } from "../../temporary-folder";

/** Where the scripts of the image lie. */
export const SCRIPTS = join(__dirname, "..", "..", "..", "images", "graviton-vxlan", "files");

/** What a lab runs; the packages of Debian that have them are iproute2, nftables, ethtool and iputils-ping. */
const PROGRAMS = ["unshare", "nsenter", "bash", "ip", "bridge", "nft", "ethtool", "ping"];

const PATH = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;

/** The namespaces of a lab: of the mounts too, where `ip netns` keeps its names, so that all is gone with one process. */
const NAMESPACES = process.getuid?.() === 0 ? ["--mount", "--net"] : ["--user", "--mount", "--net"];

/** Why no VXLAN can be made here; undefined where it can. It is tried really. */
export function labObstacle(): string | undefined {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  const missing = PROGRAMS.filter((name) => spawnSync("which", [name], { env: { PATH } }).status !== 0);
  if (missing.length > 0) return `${missing.join(", ")} cannot be found: node tools/setup.mjs --tests`;
  const mapped = NAMESPACES.includes("--user") ? ["--map-root-user"] : [];
  const script =
    "ip link add br0 type bridge && ip link add x type vxlan id 1 dstport 4789 && nft add table bridge x && ip link add v0 type veth peer name v1";
  const tried = spawnSync("unshare", [...NAMESPACES, ...mapped, "bash", "-c", script], {
    env: { PATH },
    encoding: "utf8",
  });
  return tried.status === 0 ? undefined : `no VXLAN in a network namespace: ${tried.stderr.trim()}`;
}

/** Family of the network below. */
export type Family = "ipv4" | "ipv6";

/**
 * Machines in one network, each a network namespace, joined by a bridge that carries no IP multicast for VXLAN, as a VPC does
 * not. All of it ends with this process, however it ends.
 */
export class Lab {
  readonly folder = temporaryFolder("vxlan");
  private holder: ChildProcess | undefined;

  private constructor(
    readonly machines: number,
    readonly mtu: number,
    readonly scripts: string,
  ) {}

  /** @param scripts - the folder of the scripts under test. */
  static async make({ machines = 4, mtu = 9001, scripts = SCRIPTS } = {}): Promise<Lab> {
    const lab = new Lab(machines, mtu, scripts);
    const mapped = NAMESPACES.includes("--user") ? ["--map-root-user"] : [];
    const held = ["bash", "-c", "mount -t tmpfs none /run && mkdir /run/netns && echo ready && exec cat"];
    const env = { ...process.env, PATH };
    lab.holder = spawn("unshare", [...NAMESPACES, ...mapped, ...held], {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    await new Promise<void>((resolve, reject) => {
      lab.holder?.stdout?.once("data", () => resolve());
      lab.holder?.once("exit", (code) => reject(new Error(`the namespaces have ended (${code})`)));
    });
    const lines = [
      "ip netns add net; ip -n net link add br0 type bridge; ip -n net link set br0 mtu $MTU up",
      "ip netns exec net nft 'add table bridge vpc; add chain bridge vpc forward { type filter hook forward priority 0; }'",
      "ip netns exec net nft 'add rule bridge vpc forward ip daddr 224.0.0.0/4 drop'",
      "ip netns exec net nft 'add rule bridge vpc forward ip6 daddr ff00::/8 udp dport 4789 drop'",
      ...lab.all.flatMap((machine) => [
        `ip netns add m${machine}; ip -n m${machine} link set lo up`,
        `ip link add ens5 netns m${machine} mtu $MTU type veth peer name p${machine} netns net`,
        `ip -n net link set p${machine} mtu $MTU master br0 up`,
        `ip -n m${machine} link set ens5 up; ip -n m${machine} addr add ${underlay(machine, "ipv4")}/24 dev ens5`,
        `ip -n m${machine} addr add ${underlay(machine, "ipv6")}/64 dev ens5 nodad`,
        `ip -n m${machine} route add default via 10.9.0.254; ip -n m${machine} -6 route add default via fd09::fe`,
      ]),
    ];
    await lab.succeed(`set -e; MTU=${mtu}\n${lines.join("\n")}`);
    return lab;
  }

  /** Numbers of the machines, from 1. */
  get all(): readonly number[] {
    return Array.from({ length: this.machines }, (_, at) => at + 1);
  }

  /** Runs a script in the lab, outside of every machine; it may fail. */
  run(script: string): Promise<Run> {
    const user = NAMESPACES.includes("--user") ? ["--user", "--preserve-credentials"] : [];
    return runProgram(
      "nsenter",
      ["--target", String(this.holder?.pid), ...user, "--mount", "--net", "bash", "-c", script],
      {
        environment: { PATH },
      },
    );
  }

  /** Runs a script that must not fail. @returns what it prints. */
  async succeed(script: string): Promise<string> {
    const { code, output } = await this.run(script);
    if (code !== 0) throw new Error(`exit code ${code}: ${script}\n${output}`);
    return output;
  }

  /** Runs a script within a machine. */
  on(machine: number, script: string): Promise<Run> {
    return this.run(`ip netns exec m${machine} bash -c ${quoted(script)}`);
  }

  /** Writes the configuration of a machine. @returns its path. */
  configure(machine: number, settings: Readonly<Record<string, string>>): string {
    const folder = join(this.folder, `m${machine}`);
    mkdirSync(folder, { recursive: true });
    const all = { VXLAN_ID: "42", ADDRESSES: overlay(machine, "ipv4"), ...settings };
    writeFileSync(this.configuration(machine), configurationText(all));
    return this.configuration(machine);
  }

  configuration(machine: number): string {
    return join(this.folder, `m${machine}`, "vxlan.conf");
  }

  /** Runs vxlan-setup.sh on a machine. */
  setUp(machine: number, ...args: readonly string[]): Promise<Run> {
    return this.on(
      machine,
      [
        join(this.scripts, "vxlan-setup.sh"),
        "--config",
        this.configuration(machine),
        ...args.map(quoted),
      ].join(" "),
    );
  }

  /** Runs vxlan-teardown.sh on a machine. */
  tearDown(machine: number): Promise<Run> {
    return this.on(machine, join(this.scripts, "vxlan-teardown.sh"));
  }

  /** All that a machine has of networks: links, addresses, routes, forwarding entries and rules, without counters and clocks. */
  async state(machine: number): Promise<string> {
    return this.succeed(
      `ip netns exec m${machine} bash -c ${quoted(
        "ip -o link; ip -o addr | sed 's/valid_lft.*//; s/ tentative//'; ip route; ip -6 route | grep -v ^multicast; bridge fdb | grep permanent | sort; nft -s list ruleset; ls /proc/sys/net/ipv6/conf",
      )}`,
    );
  }

  async stop(): Promise<void> {
    const { holder } = this;
    if (!holder || holder.exitCode !== null) return;
    const ended = new Promise((resolve) => holder.once("exit", resolve));
    holder.stdin?.end();
    await ended;
  }
}

/** Address of a machine in the network below. */
export function underlay(machine: number, family: Family): string {
  return family === "ipv4" ? `10.9.0.${machine}` : `fd09::${machine.toString(16)}`;
}

/** Address of a machine in the network above, with its prefix. */
export function overlay(machine: number, family: Family): string {
  return family === "ipv4" ? `192.168.100.${machine}/24` : `fd00:100::${machine.toString(16)}/64`;
}

function configurationText(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}="${value}"\n`)
    .join("");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
