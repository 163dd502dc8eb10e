// Packages of Debian that tests need. Plain Node with no dependency.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/**
 * A package, and how to tell that what it is for is there.
 *
 * @typedef {object} DebianPackage
 * @property {string} name - in Debian's archive.
 * @property {string[]} programs - one of them on PATH, or at its path, is enough; the first is what the package brings.
 * @property {string} purpose - what needs it, to end "it is for …".
 */

/** @type {DebianPackage[]} */
export const DEBIAN_PACKAGES = [
  {
    name: "buildah",
    programs: ["buildah"],
    purpose: "the tests that build images",
  },
  {
    name: "chromium",
    programs: ["chromium", "chromium-browser", "google-chrome"],
    purpose: "the tests of what a web page may do, and of the README's pictures (about 350 MB)",
  },
  {
    name: "skopeo",
    programs: ["skopeo"],
    purpose: "the tests that push images to the local ECR and pull them",
  },
  {
    name: "postgresql",
    programs: [
      "/usr/lib/postgresql/15/bin/initdb",
      "/usr/lib/postgresql/16/bin/initdb",
      "/usr/lib/postgresql/17/bin/initdb",
      "/usr/lib/postgresql/18/bin/initdb",
    ],
    purpose: "the tests of databases of the local AWS",
  },
  ...[
    { name: "systemd-container", programs: ["systemd-nspawn"] },
    { name: "mmdebstrap", programs: ["mmdebstrap"] },
  ].map((of) => ({ ...of, purpose: "the tests of instances that boot, which are on Linux alone" })),
  ...[
    { name: "nftables", programs: ["nft", "/usr/sbin/nft"] },
    { name: "ethtool", programs: ["ethtool", "/usr/sbin/ethtool"] },
    { name: "iputils-ping", programs: ["ping", "/usr/bin/ping"] },
    { name: "shellcheck", programs: ["shellcheck"] },
  ].map((of) => ({ ...of, purpose: "the tests of VXLAN in network namespaces, and of its scripts" })),
  {
    name: "packer",
    programs: ["packer"],
    purpose: "the tests of templates of machine images",
  },
  ...[
    { name: "containerd", programs: ["containerd"] },
    { name: "runc", programs: ["runc"] },
    { name: "containernetworking-plugins", programs: ["/usr/lib/cni/bridge", "/opt/cni/bin/bridge"] },
    { name: "iptables", programs: ["iptables", "/usr/sbin/iptables"] },
    { name: "iproute2", programs: ["ip", "/usr/sbin/ip"] },
  ].map((of) => ({
    ...of,
    purpose: "the tests of a real Kubernetes node and of tasks in containers, which are on Linux alone",
  })),
];

/** Seconds for which another installation may hold the archive's lock. */
const LOCK_LIMIT = 600;

/**
 * The packages of which no program is there.
 *
 * @param {DebianPackage[]} packages
 * @param {NodeJS.ProcessEnv} env
 */
export function missingPackages(packages, env = process.env) {
  return packages.filter(({ programs }) => !programs.some((program) => findProgram(program, env)));
}

/**
 * Path of a program that is there.
 *
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 */
export function findProgram(program, env = process.env) {
  if (isAbsolute(program)) return existsSync(program) ? program : undefined;
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/**
 * Installs the packages that are missing, as root or by a sudo that asks for no password. It needs no network when
 * nothing is missing.
 *
 * @param {DebianPackage[]} packages
 * @param {{ run: (command: string[]) => Promise<{ code: number | null; output: string }>; env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ installed: string[]; fault: string | undefined }>} the fault says what is missing, and for what.
 */
export async function installPackages(packages, { run, env = process.env }) {
  const missing = missingPackages(packages, env);
  if (missing.length === 0) return { installed: [], fault: undefined };
  const names = missing.map(({ name }) => name);
  const purposes = missing.map(({ name, purpose }) => `  ${name} is for ${purpose}`).join("\n");
  const by = rootPrefix(env);
  if (!findProgram("apt-get", env) || !by) {
    const why = by ? "this is no Debian" : "installing them needs root, or sudo without a password";
    return {
      installed: [],
      fault: `packages are missing, and ${why}\n${purposes}\n  install them: sudo apt-get install ${names.join(" ")}`,
    };
  }
  const install = [
    "apt-get",
    "-o",
    `DPkg::Lock::Timeout=${LOCK_LIMIT}`,
    "install",
    "--yes",
    "--no-install-recommends",
  ];
  for (const command of [
    ["apt-get", "update"],
    [...install, ...names],
  ]) {
    const { code, output } = await run([...by, "env", "DEBIAN_FRONTEND=noninteractive", ...command]);
    if (code !== 0) {
      const last = output.split("\n").slice(-3).join("\n  ");
      return {
        installed: [],
        fault: `${command.join(" ")} failed (exit code ${code})\n  ${last}\n${purposes}`,
      };
    }
  }
  const still = missingPackages(missing, env).map(({ name }) => name);
  const fault =
    still.length > 0 ? `${still.join(", ")}: installed, and no program is on PATH\n${purposes}` : undefined;
  return { installed: names.filter((name) => !still.includes(name)), fault };
}

/**
 * What a command begins with that is to run as root; undefined where it cannot.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function rootPrefix(env) {
  if (process.getuid?.() === 0) return [];
  if (!findProgram("sudo", env)) return undefined;
  return spawnSync("sudo", ["-n", "true"], { env }).status === 0 ? ["sudo", "-n"] : undefined;
}
