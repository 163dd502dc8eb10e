import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { AWS_NAME, HOST_ADDRESS, RESOLVER_ADDRESS } from "./addresses";
import { type ContainerSettings, containerSpec, userOf } from "./container-spec";
import type { Host, Output } from "./host";
import type { PulledImage } from "./images";

/** Properties of {@link startContainer}. */
export interface ContainerProps extends Omit<ContainerSettings, "image" | "user" | "bundle" | "mounts"> {
  /** Letters, digits and hyphens. */
  readonly id: string;
  readonly image: PulledImage;

  /** Whom it runs as, see {@link userOf}. @default - whom the image says */
  readonly user?: string;

  /** Its own address, for its own name. */
  readonly address: string;

  /** Volumes of the task, by the paths at which they are seen. */
  readonly volumes: readonly { readonly name: string; readonly target: string; readonly readonly: boolean }[];

  /** Folder of the task's volumes, inside the host. */
  readonly volumeFolder: string;
}

/** A container that runs, or has run. */
export interface Container {
  readonly id: string;
  readonly process: ChildProcess;

  /** The exit code of its first process, when that has ended: 128 and the signal's number for one that was killed. */
  readonly exited: Promise<number>;

  /** Sends a signal to its first process. */
  signal(name: "SIGTERM" | "SIGKILL" | string): Promise<void>;

  /** Runs a command in it. */
  execute(args: readonly string[], milliseconds: number): Promise<Output>;

  /** Removes its file system. It must have ended. */
  remove(): Promise<void>;
}

const RUNC = ["--root", "/run/runc"];

/** Makes a container of an image, and starts it. @throws when it cannot be started. */
export async function startContainer(host: Host, props: ContainerProps): Promise<Container> {
  const { id, image } = props;
  const bundle = `/run/containers/${id}`;
  const rootfs = `${bundle}/rootfs`;
  const write = (name: string, content: string) =>
    host.succeed("/bin/sh", ["-ec", 'cat > "$0"', `${bundle}/${name}`], content);
  await host.succeed("mkdir", ["-p", rootfs]);
  const remove = async () => {
    await host.within("umount", ["-l", rootfs]);
    await host.within("rm", ["-rf", bundle]);
    await host.ctr("snapshots", "--snapshotter", host.snapshotter, "rm", id).catch(() => undefined);
  };
  try {
    await mountImage(host, id, image, rootfs);
    const read = async (path: string) => (await host.within("cat", [`${rootfs}${path}`])).stdout;
    const files = { passwd: await read("/etc/passwd"), group: await read("/etc/group") };
    const mounts = await makeVolumes(host, props, rootfs);
    const user = userOf(props.user ?? image.config.User ?? "", files);
    const spec = containerSpec({ ...props, image: image.config, user, bundle, mounts });
    await write("config.json", JSON.stringify(spec));
    await write("hostname", `${props.hostname}\n`);
    await write("resolv.conf", `nameserver ${RESOLVER_ADDRESS}\n`);
    await write(
      "hosts",
      `127.0.0.1 localhost\n::1 localhost\n${props.address} ${props.hostname}\n${HOST_ADDRESS} ${AWS_NAME}\n`,
    );
    const process = await host.spawn("runc", [...RUNC, "run", "--bundle", bundle, id]);
    return containerOf(host, id, process, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

function containerOf(host: Host, id: string, process: ChildProcess, remove: () => Promise<void>): Container {
  const exited = new Promise<number>((resolve) => {
    process.once("error", () => resolve(255));
    process.once("close", (code) => resolve(code ?? 137));
  });
  return {
    id,
    process,
    exited,
    async signal(name) {
      // A signal that comes before the container is there is sent again; one that comes after it has gone is no matter.
      for (let tries = 0; tries < 100 && process.exitCode === null; tries += 1) {
        const { exitCode } = await host.within("runc", [...RUNC, "kill", id, name]);
        if (exitCode === 0) return;
        await sleep(50);
      }
    },
    execute: (args, milliseconds) =>
      host.within("timeout", [
        ...["--signal=KILL", String(milliseconds / 1000)],
        ...["runc", ...RUNC, "exec", id, ...args],
      ]),
    async remove() {
      await host.within("runc", [...RUNC, "delete", "--force", id]);
      await remove();
    },
  };
}

/** Mounts a copy of the image's file system that is the container's own. */
async function mountImage(host: Host, id: string, image: PulledImage, rootfs: string): Promise<void> {
  const snapshots = ["snapshots", "--snapshotter", host.snapshotter];
  await host.ctr(...snapshots, "rm", id).catch(() => undefined);
  await host.ctr(...snapshots, "prepare", id, image.chain);
  const said = await host.ctr(...snapshots, "mounts", rootfs, id);
  // mount -t overlay overlay /run/containers/…/rootfs -o lowerdir=…
  const [before = "", options = ""] = said.trim().split(` ${rootfs} -o `);
  const [, kind = "", source = ""] = /^mount -t (\S+) (.+)$/s.exec(before) ?? [];
  if (kind === "") throw new Error(`containerd does not tell how the image is mounted: ${said}`);
  const all = kind === "bind" ? ["--bind", source, rootfs] : ["-t", kind, source, rootfs, "-o", options];
  await host.succeed("mount", all);
}

/** Makes the volumes that are not there yet; one at a folder of the image has that one's owner and rights. */
async function makeVolumes(
  host: Host,
  { volumes, volumeFolder }: ContainerProps,
  rootfs: string,
): Promise<ContainerSettings["mounts"]> {
  for (const { name, target } of volumes) {
    const script = `if ! [ -d "$0" ]; then mkdir -p "$0"; if [ -d "$1" ] && ! [ -L "$1" ]; then cp -a "$1/." "$0/"; chown --reference="$1" "$0"; chmod --reference="$1" "$0"; fi; fi`;
    await host.succeed("/bin/sh", ["-ec", script, `${volumeFolder}/${name}`, `${rootfs}${target}`]);
  }
  return volumes.map(({ name, target, readonly }) => ({
    source: `${volumeFolder}/${name}`,
    target,
    readonly,
  }));
}
