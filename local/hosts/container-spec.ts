import type { ImageConfig } from "./images";

/** A container of a task, as the runtime is told of it. */
export interface ContainerSettings {
  readonly image: ImageConfig;
  readonly hostname: string;

  /** Replaces the image's, with its command. @default - the image's */
  readonly entryPoint?: readonly string[];

  /** Replaces the image's. @default - the image's, when the entry point is too */
  readonly command?: readonly string[];

  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly readonlyRoot: boolean;
  readonly privileged: boolean;

  /** CPU shares, 2 to 262144, relative to the other containers. */
  readonly cpuShares?: number;

  /** Bytes of memory. @default - the task's limit alone */
  readonly memory?: number;

  /** Linux capabilities beside the default ones, and those of them that are taken away, e.g. `NET_RAW`. */
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };

  readonly limits: readonly {
    readonly name: string;
    readonly softLimit: number;
    readonly hardLimit: number;
  }[];

  /** Starts a small first process that ends orphans. Not supported by the runtime, so it is refused elsewhere. */
  readonly mounts: readonly {
    readonly source: string;
    readonly target: string;
    readonly readonly: boolean;
  }[];

  /** Ids of user and groups, see {@link userOf}. */
  readonly user: User;

  /** Path of the network namespace. */
  readonly network: string;

  /** Path of the cgroup, from the root of each hierarchy. */
  readonly cgroup: string;

  /** Folder with `rootfs`, `hosts`, `resolv.conf`. */
  readonly bundle: string;
}

/** Who runs in a container. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly home: string;
}

/** What a container may do without being told so, as Docker has it. @see https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities */
export const DEFAULT_CAPABILITIES = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The program of a container and its arguments.
 *
 * An entry point of the task definition replaces the image's command too, as Docker has it.
 *
 * @throws when neither names a program.
 */
export function argumentsOf({
  image,
  entryPoint,
  command,
}: Pick<ContainerSettings, "image" | "entryPoint" | "command">): readonly string[] {
  const first = entryPoint?.length ? entryPoint : (image.Entrypoint ?? []);
  const rest = command?.length ? command : entryPoint?.length ? [] : (image.Cmd ?? []);
  const all = [...first, ...rest];
  if (all.length === 0) throw new Error("CannotStartContainerError: no command specified");
  return all;
}

/**
 * Whom a container runs as.
 *
 * @param asked - of the task definition or the image: `1000`, `1000:1000`, `app`, `app:staff`; empty for root.
 * @param files - `/etc/passwd` and `/etc/group` of the image; empty where it has none.
 * @throws for a name that the image does not know.
 */
export function userOf(asked: string, files: { readonly passwd: string; readonly group: string }): User {
  const [name = "", group] = asked === "" ? ["0"] : asked.split(":");
  const users = files.passwd.split("\n").map((line) => line.split(":"));
  const groups = files.group.split("\n").map((line) => line.split(":"));
  const entry = users.find(([login, , uid]) => login === name || uid === name);
  const uid = Number(entry?.[2] ?? (/^\d+$/.test(name) ? name : Number.NaN));
  if (Number.isNaN(uid))
    throw new Error(
      `CannotStartContainerError: unable to find user ${name}: no matching entries in passwd file`,
    );
  const wanted = group === undefined ? undefined : (groups.find(([title]) => title === group)?.[2] ?? group);
  if (wanted !== undefined && !/^\d+$/.test(wanted)) {
    throw new Error(
      `CannotStartContainerError: unable to find group ${wanted}: no matching entries in group file`,
    );
  }
  const member = groups.filter(
    ([, , , members = ""]) => entry?.[0] !== undefined && members.split(",").includes(entry[0]),
  );
  return {
    uid,
    gid: Number(wanted ?? entry?.[3] ?? 0),
    additionalGids: group === undefined ? member.map(([, , gid]) => Number(gid)) : [],
    home: entry?.[5] || "/",
  };
}

/**
 * The configuration of runc for a container.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
export function containerSpec(settings: ContainerSettings): object {
  const { image, user, bundle, privileged } = settings;
  const capabilities = capabilitiesOf(settings);
  const file = (name: string) => ({
    destination: `/etc/${name}`,
    type: "bind",
    source: `${bundle}/${name}`,
    options: ["bind", "rprivate"],
  });
  return {
    ociVersion: "1.0.2",
    hostname: settings.hostname,
    root: { path: `${bundle}/rootfs`, readonly: settings.readonlyRoot },
    process: {
      terminal: false,
      user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids, umask: 0o022 },
      args: argumentsOf(settings),
      env: environmentOf(settings),
      cwd: settings.workingDirectory || image.WorkingDir || "/",
      capabilities: Object.fromEntries(
        ["bounding", "effective", "permitted"].map((set) => [
          set,
          // A program of another user has what its file gives it.
          set === "bounding" || user.uid === 0 ? capabilities : [],
        ]),
      ),
      noNewPrivileges: false,
      rlimits: settings.limits.map(({ name, softLimit, hardLimit }) => ({
        type: `RLIMIT_${name.toUpperCase()}`,
        soft: softLimit,
        hard: hardLimit,
      })),
    },
    mounts: [
      ...FILE_SYSTEMS,
      ...["hosts", "resolv.conf", "hostname"].map(file),
      ...settings.mounts.map(({ source, target, readonly }) => ({
        destination: target,
        type: "bind",
        source,
        options: ["rbind", "rprivate", ...(readonly ? ["ro"] : [])],
      })),
    ],
    linux: {
      namespaces: [
        { type: "pid" },
        { type: "ipc" },
        { type: "uts" },
        { type: "mount" },
        { type: "network", path: settings.network },
      ],
      cgroupsPath: settings.cgroup,
      resources: {
        devices: [{ allow: false, access: "rwm" }],
        ...(settings.memory === undefined
          ? {}
          : { memory: { limit: settings.memory, swap: settings.memory } }),
        ...(settings.cpuShares === undefined ? {} : { cpu: { shares: settings.cpuShares } }),
        pids: { limit: 4096 },
      },
      ...(privileged ? {} : { maskedPaths: MASKED, readonlyPaths: READONLY }),
    },
  };
}

function capabilitiesOf({ capabilities: { add, drop } }: ContainerSettings): readonly string[] {
  const names = (list: readonly string[]) => list.map((name) => name.toUpperCase().replace(/^CAP_/, ""));
  const dropped = new Set(names(drop));
  const kept = dropped.has("ALL") ? [] : DEFAULT_CAPABILITIES.filter((name) => !dropped.has(name));
  return [...new Set([...kept, ...names(add)])].map((name) => `CAP_${name}`);
}

function environmentOf({ image, environment, user, hostname }: ContainerSettings): readonly string[] {
  const own = (image.Env ?? []).filter((line) => !((line.split("=", 1)[0] ?? "") in environment));
  const hasPath = own.some((line) => line.startsWith("PATH=")) || "PATH" in environment;
  const hasHome = own.some((line) => line.startsWith("HOME=")) || "HOME" in environment;
  return [
    ...(hasPath ? [] : [PATH]),
    ...(hasHome ? [] : [`HOME=${user.home}`]),
    `HOSTNAME=${hostname}`,
    ...own,
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  ];
}

const FILE_SYSTEMS = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  },
  {
    destination: "/dev/shm",
    type: "tmpfs",
    source: "shm",
    options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
  },
  { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
];

const MASKED = [
  "/proc/acpi",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
];

const READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
