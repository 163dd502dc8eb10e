import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { readInputFile } from "../../input/file";
import { endIfInterrupted } from "../../process/interrupts";
import { plain, run } from "../../process/run";
import { writeWholeFile } from "../../process/whole-file";
import { WorkFolder } from "../../process/work-folder";
import { diagnosticsOf } from "../diagnostics";
import { findMirror, type Mirror } from "../mirror";
import type { Choices } from "./choices";
import { formatLock, keepKnown, type LockedProvider, parseLock } from "./lock-file";
import type { Requirement } from "./requirements";

/** Platforms that a lock is renewed for, as Terraform names them. */
export const PLATFORMS = ["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64", "windows_amd64"];

/** Name of the lock, at the project's root and in each stack's folder. */
export const LOCK_FILE = ".terraform.lock.hcl";

/** Properties of {@link renewLock}. */
export interface LockProps {
  readonly file: string;
  readonly requirements: readonly Requirement[];
  readonly platforms: readonly string[];

  /** Takes the newest versions that the constraints allow, instead of those that are locked. */
  readonly upgrade: boolean;

  /** Versions that are taken of some providers, beside what the stacks allow. @default - any that they allow */
  readonly choices?: Choices;
  readonly terraform: string;
}

/** What a renewal has done. */
export interface LockResult {
  readonly providers: readonly LockedProvider[];

  /** Where the packages came from. */
  readonly source: "registry" | "mirror";
  readonly changed: boolean;
}

/** Renews the lock: from the registry for all platforms, or, when it cannot be reached, from a mirror for this one. */
export async function renewLock(props: LockProps): Promise<LockResult> {
  const known = readLock(props.file);
  const { choices = new Map<string, string>(), requirements } = props;
  // A choice narrows what the stacks allow for this once; the lock says what they allow.
  const chosen = requirements.map((one) => {
    const choice = choices.get(one.address);
    if (choice === undefined) return one;
    return { ...one, constraints: [one.constraints, choice].filter((part) => part !== "").join(", ") };
  });
  const stays = props.upgrade ? [] : known.filter(({ address }) => !choices.has(address));
  const { providers, source } = await computeLock({ ...props, requirements: chosen }, stays);
  const locked = providers.map((provider) => {
    const { constraints } = requirements.find(({ address }) => address === provider.address) ?? provider;
    return choices.has(provider.address) ? { ...provider, constraints } : provider;
  });
  const text = formatLock(keepKnown(locked, known));
  const changed = readText(props.file) !== text;
  if (changed) await writeLock(props.file, text);
  return { providers: parseLock(text), source, changed };
}

/** Writes the lock whole or not at all, and leaves nothing beside it when this run is killed. */
function writeLock(file: string, text: string): Promise<void> {
  return WorkFolder.during({ root: dirname(file) }, async (work) => {
    endIfInterrupted();
    writeWholeFile(file, text, work.path);
  });
}

/** The committed lock; empty when there is none. */
export function readLock(file: string): readonly LockedProvider[] {
  return parseLock(readText(file) ?? "");
}

/** Largest lock that is read, in bytes: one of a hundred providers has a megabyte. */
export const LARGEST_LOCK = 20_000_000;

function readText(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return readInputFile(
    file,
    { bytes: LARGEST_LOCK },
    "take it back from git, or write it anew: npx groundplan lock",
  ).toString();
}

/** What is wrong with the committed lock: one sentence for each fault. */
export async function lockFaults(props: Omit<LockProps, "upgrade">): Promise<readonly string[]> {
  const locked = readLock(props.file);
  const faults = props.requirements.flatMap(({ address, constraints, stacks }) => {
    const provider = locked.find((one) => one.address === address);
    if (!provider) return [`${address}, which ${stacks.join(", ")} require, is not locked`];
    if (provider.constraints !== constraints) {
      return [
        `${address} is locked for ${JSON.stringify(provider.constraints)}, and the stacks require ${JSON.stringify(constraints)}`,
      ];
    }
    const archives = provider.hashes.filter((hash) => hash.startsWith("zh:")).length;
    // Archives of the published platforms and the manifest: without them, whoever is on another platform is refused.
    return archives >= 2 ? [] : [`${address} ${provider.version} has no checksums of the other platforms`];
  });
  return [...faults, ...(await mirrorFaults(props, locked))];
}

/** Compares the lock with the packages of a mirror, by Terraform's own sums. */
async function mirrorFaults(
  props: Omit<LockProps, "upgrade">,
  locked: readonly LockedProvider[],
): Promise<readonly string[]> {
  const mirror = findMirror();
  if (!mirror) return [];
  const mirrored = locked.filter(({ address }) => mirror.providers.includes(address));
  if (mirrored.length === 0) return [];
  const wanted = mirrored.map(({ address, version }) => ({ address, constraints: version, stacks: [] }));
  const computed = await inScratch(dirname(props.file), wanted, [], (folder) =>
    fromMirror(folder, props.terraform, mirror),
  );
  if (typeof computed === "string")
    return [`the mirror at ${mirror.path} does not have the locked versions: ${computed}`];
  return computed.flatMap(({ address, hashes }) => {
    const known = locked.find((one) => one.address === address)?.hashes ?? [];
    return hashes.every((hash) => known.includes(hash))
      ? []
      : [`the package of ${address} in the mirror has the sum ${hashes.join(", ")}, which is not locked`];
  });
}

async function computeLock(
  props: LockProps,
  known: readonly LockedProvider[],
): Promise<{ providers: readonly LockedProvider[]; source: "registry" | "mirror" }> {
  const platforms = props.platforms.map((platform) => `-platform=${platform}`);
  const registry = await inScratch(dirname(props.file), props.requirements, known, async (folder) => {
    // No CLI configuration: a mirror of one platform would be asked for all of them.
    const env = { TF_CLI_CONFIG_FILE: undefined };
    const ended = await run(props.terraform, ["providers", "lock", "-no-color", ...platforms], {
      cwd: folder,
      env,
    });
    return ended.exitCode === 0 ? "" : ended.all;
  });
  if (typeof registry !== "string") return { providers: registry, source: "registry" };
  if (!/could not connect|no such host|failed to request discovery|timeout/i.test(registry))
    throw failed(registry);
  const mirror = findMirror();
  if (!mirror) {
    throw new CliError(
      EXIT.MISSING,
      "the provider registry cannot be reached, and there is no mirror",
      "run it where the registry can be reached",
    );
  }
  // What the mirror has not stays as it is locked: there is nothing to compute another sum from.
  const offered = props.requirements.filter(({ address }) => mirror.providers.includes(address));
  const kept = props.requirements
    .filter((requirement) => !offered.includes(requirement))
    .map((requirement) => keptFrom(known, requirement, mirror));
  const mirrored = await inScratch(
    dirname(props.file),
    offered,
    known.filter(({ address }) => mirror.providers.includes(address)),
    (folder) => fromMirror(folder, props.terraform, mirror),
  );
  if (typeof mirrored === "string") throw failed(mirrored);
  return { providers: [...mirrored, ...kept], source: "mirror" };
}

/** The locked version of a provider that no mirror has. @throws CliError when there is none for what the stacks ask. */
function keptFrom(
  known: readonly LockedProvider[],
  { address, constraints }: Requirement,
  { path }: Mirror,
): LockedProvider {
  const locked = known.find((one) => one.address === address && one.constraints === constraints);
  if (locked) return locked;
  throw new CliError(
    EXIT.MISSING,
    `the provider registry cannot be reached, and the mirror at ${path} has not ${address}`,
    "run it where the registry can be reached",
  );
}

async function fromMirror(folder: string, terraform: string, mirror: Mirror): Promise<string> {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const platform = `${process.platform === "win32" ? "windows" : process.platform}_${arch}`;
  const ended = await run(
    terraform,
    ["providers", "lock", "-no-color", `-fs-mirror=${mirror.path}`, `-platform=${platform}`],
    { cwd: folder },
  );
  return ended.exitCode === 0 ? "" : ended.all;
}

/** Runs something in a folder that asks for the providers; what it wrote as lock, or what it complained of. */
async function inScratch(
  root: string,
  requirements: readonly Requirement[],
  known: readonly LockedProvider[],
  work: (folder: string) => Promise<string>,
): Promise<readonly LockedProvider[] | string> {
  return WorkFolder.during({ root }, async ({ path: folder }) => {
    const required = requirements.map(({ address, constraints }) => [
      address.split("/").at(-1) ?? address,
      { source: address, ...(constraints === "" ? {} : { version: constraints }) },
    ]);
    writeFileSync(
      join(folder, "main.tf.json"),
      JSON.stringify({ terraform: { required_providers: Object.fromEntries(required) } }),
    );
    if (known.length > 0) {
      const versions = known.map((provider) => ({ ...provider, hashes: provider.hashes }));
      writeFileSync(join(folder, LOCK_FILE), formatLock(versions));
    }
    const complaint = await work(folder);
    return complaint === "" ? readLock(join(folder, LOCK_FILE)) : complaint;
  });
}

/** What Terraform complains of: its errors, whatever warnings stand before them, and the last lines where it prints none. */
export function failed(output: string): CliError {
  const errors = diagnosticsOf(output).flatMap(({ text }) => text.split("\n"));
  const lines = errors.length > 0 ? errors : plain(output).split("\n").slice(-6);
  const reason = lines.map((line) => line.replace(/^[│╷╵]\s?/, "").trim()).filter((line) => line !== "");
  return new CliError(EXIT.FAILED, "the provider lock cannot be renewed", ...reason.slice(0, 12));
}
