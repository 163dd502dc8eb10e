import { createHash } from "node:crypto";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { findNodeProgram } from "../cluster/real-node/obstacles";
import { privately, privatePlace } from "../files/private";
import { cacheDirectory } from "../install";
import { LocalError } from "../options";
import { RESOLVER_ADDRESS } from "./addresses";

/** Release of Debian that every machine boots. */
const RELEASE = "bookworm";

/** Its packages, beside the essential ones: what an image of Ubuntu for EC2 has, as far as programs of ours use it. */
const PACKAGES = [
  ...["systemd-sysv", "dbus", "udev", "cloud-init", "openssh-server", "sudo", "ca-certificates"],
  ...[
    "iproute2",
    "netbase",
    "nftables",
    "bridge-utils",
    "iputils-ping",
    "ethtool",
    "tcpdump",
    "netcat-openbsd",
  ],
  ...["curl", "jq", "unzip", "less", "procps", "kmod", "rsync", "python3", "gpg", "libpam-systemd"],
];

/**
 * What cloud-init is told on EC2: where its data is, and the user of Ubuntu's images. The network is there before it runs.
 *
 * @see https://cloudinit.readthedocs.io/en/latest/reference/datasources/ec2.html
 */
const CLOUD_CONFIG = `datasource_list: [ Ec2 ]
datasource:
  Ec2:
    strict_id: false
    metadata_urls: ["http://169.254.169.254"]
    max_wait: 60
    timeout: 5
network: {config: disabled}
manage_etc_hosts: localhost
locale: C.UTF-8
growpart: {mode: "off"}
resize_rootfs: false
system_info:
  default_user:
    name: ubuntu
    gecos: Ubuntu
    lock_passwd: true
    groups: [adm, sudo]
    sudo: ["ALL=(ALL) NOPASSWD:ALL"]
    shell: /bin/bash
`;

/** File in a machine with the id that the firmware of an instance has, which begins with `ec2`; a container has no firmware. */
export const FIRMWARE_ID = "/etc/groundplan-local-firmware-id";

/**
 * What is changed of Debian: an image has no identity of its own, nothing in it waits for a device, nor a minute for a lease
 * that nobody gives, as cloud-init would at each boot; and it finds the firmware's id, by which it knows EC2 and opens a
 * session of the metadata service.
 */
const CUSTOMIZE = `
set -e
printf '%s' ${quoted(CLOUD_CONFIG)} > "$1/etc/cloud/cloud.cfg.d/90-groundplan-local.cfg"
rm -f "$1/etc/resolv.conf" "$1"/etc/ssh/ssh_host_*
printf 'nameserver ${RESOLVER_ADDRESS}\\n' > "$1/etc/resolv.conf"
: > "$1/etc/machine-id"
: > "$1/etc/fstab"
rm -f "$1/var/lib/dbus/machine-id" "$1/etc/hostname"
printf 'timeout 1;\\n' > "$1/etc/dhcp/dhclient.conf"
sed -i 's#/sys/hypervisor/uuid#${FIRMWARE_ID}#' "$1/usr/lib/python3/dist-packages/cloudinit/sources/DataSourceEc2.py"
ln -sf /dev/null "$1/etc/systemd/system/systemd-networkd-wait-online.service"
ln -sf /dev/null "$1/etc/systemd/system/apt-daily.timer"
ln -sf /dev/null "$1/etc/systemd/system/apt-daily-upgrade.timer"
`;

/** Folder of the root file system that machines boot from, in the cache: of each recipe one. */
export function machineBase(): string {
  const recipe = JSON.stringify([RELEASE, PACKAGES, CUSTOMIZE]);
  return join(cacheDirectory(), `machine-${createHash("sha256").update(recipe).digest("hex").slice(0, 16)}`);
}

/**
 * Makes the root file system of machines from Debian's packages, or finds the one that is there; two minutes, and 360 MB.
 *
 * It is made under another name and renamed when it is whole.
 *
 * @throws LocalError when Debian's archive cannot be reached.
 */
export async function installMachineBase({
  onProgress,
  signal,
}: {
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}): Promise<string> {
  const folder = machineBase();
  if (existsSync(folder)) return folder;
  privatePlace(cacheDirectory());
  onProgress?.("making the root file system of instances (packages of Debian, once, about two minutes)");
  const building = `${folder}.${process.pid}`;
  const args = [
    ...["--variant=minbase", `--include=${PACKAGES.join(",")}`, "--quiet"],
    ...[`--customize-hook=${CUSTOMIZE}`, RELEASE, building],
  ];
  try {
    // Programs of any user read it; the folder around it is closed.
    await privately(() =>
      execa(
        "/bin/sh",
        ["-c", 'umask 022; exec "$0" "$@"', findNodeProgram("mmdebstrap") ?? "mmdebstrap", ...args],
        {
          ...(signal ? { cancelSignal: signal } : {}),
          env: { PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`, TMPDIR: "/tmp" },
        },
      ),
    );
    try {
      renameSync(building, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    }
    return folder;
  } catch (error) {
    signal?.throwIfAborted();
    const last = (error instanceof Error ? error.message : String(error))
      .trim()
      .split("\n")
      .slice(-3)
      .join("\n  ");
    throw new LocalError(
      "missing",
      `cannot make the root file system of instances\n  ${last}\n  check the connection to Debian's archive, then run it again, or start without: --instances entries`,
    );
  } finally {
    rmSync(building, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A text as one word of the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
