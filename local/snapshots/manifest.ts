import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { privateFolder, privately, writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";
import { LocalError } from "../options";
import { pinnedVersion } from "../pinned-version";
import { namesIn } from "./kept";

/** What has written a snapshot, and alone reads it. */
export interface SnapshotVersions {
  readonly moto: string;
  readonly ministack: string;
  readonly python: string;
}

/** A state of the emulator that was saved by name. */
export interface Snapshot {
  readonly name: string;

  /** When, in ISO 8601 in UTC. */
  readonly savedAt: string;

  /** Account of the emulator, whose number is in every ARN. */
  readonly account: string;
  readonly region: string;
  readonly versions: SnapshotVersions;

  /** Size, but for databases. */
  readonly bytes: number;
}

/** A snapshot's file: it names the folder with the content, so that both change at once. */
interface Manifest extends Snapshot {
  readonly format: typeof FORMAT;
  readonly content: string;
}

/** Is raised when what Groundplan itself keeps changes its shape. */
const FORMAT = 1;

const CONTENT = /^content-[0-9a-f-]{36}$/;

/** @throws LocalError for what is no name of a snapshot. */
export function assertSnapshotName(name: string): void {
  if (/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/.test(name)) return;
  throw new LocalError(
    "input",
    `invalid name of a snapshot ${JSON.stringify(name)}: use 1 to 63 lower-case letters, digits, hyphens, dots and underscores, e.g. base`,
  );
}

/** Folder of the snapshots of a state folder. */
export function snapshotsIn(stateDirectory: string): string {
  return join(stateDirectory, "snapshots");
}

/** Path of the content of a snapshot. @throws LocalError for what is no such folder's name. */
export function contentIn(stateDirectory: string, content: unknown): string {
  if (isContent(content)) return join(snapshotsIn(stateDirectory), content);
  throw new LocalError("input", `${JSON.stringify(content)} is no content of a snapshot`);
}

export function isContent(name: unknown): name is string {
  return typeof name === "string" && CONTENT.test(name);
}

/** The versions with which an emulator runs. */
export async function versionsOf(python: string): Promise<SnapshotVersions> {
  const { stdout } = await privately(() =>
    execa(python, ["-c", "import platform; print(platform.python_version())"]),
  );
  return {
    moto: pinnedVersion("moto"),
    ministack: pinnedVersion("ministack"),
    python: String(stdout).trim(),
  };
}

/** The snapshots of a state folder, by name; a file that is damaged is none. */
export function readManifests(stateDirectory: string): readonly Manifest[] {
  return namesIn(snapshotsIn(stateDirectory))
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => readManifest(stateDirectory, file.slice(0, -".json".length)) ?? [])
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** A snapshot's file; undefined where there is none that can be read. */
export function readManifest(stateDirectory: string, name: string): Manifest | undefined {
  try {
    const found = JSON.parse(readSmallFile(fileOf(stateDirectory, name))) as Manifest;
    const { savedAt, account, region, versions, content, bytes } = found;
    const texts = [savedAt, account, region, versions.moto, versions.ministack, versions.python];
    const isSound = texts.every((text) => typeof text === "string") && Number.isFinite(bytes);
    if (!isSound || found.name !== name || !isContent(content)) return undefined;
    return existsSync(contentIn(stateDirectory, content)) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Makes a content the snapshot of a name, in place of the one before. */
export function writeManifest(stateDirectory: string, snapshot: Snapshot, content: string): void {
  privateFolder(snapshotsIn(stateDirectory));
  writeWhole(
    fileOf(stateDirectory, snapshot.name),
    `${JSON.stringify({ format: FORMAT, ...snapshot, content }, null, 2)}\n`,
  );
}

export function removeManifest(stateDirectory: string, name: string): void {
  rmSync(fileOf(stateDirectory, name), { force: true });
}

/** Removes contents that no snapshot has: of one that was replaced or deleted, or of a save that was killed. */
export function removeUnnamedContents(stateDirectory: string, kept: string | undefined): void {
  const named = new Set([...readManifests(stateDirectory).map(({ content }) => content), kept]);
  for (const name of namesIn(snapshotsIn(stateDirectory))) {
    if (isContent(name) && !named.has(name))
      rmSync(join(snapshotsIn(stateDirectory), name), { recursive: true, force: true });
  }
}

/** @throws LocalError when another version has written a snapshot than the one that is to read it. */
export function assertSameVersions({ name, versions, format }: Manifest, here: SnapshotVersions): void {
  const differs = (Object.keys(here) as (keyof SnapshotVersions)[]).filter(
    (what) => versions[what] !== here[what],
  );
  if (differs.length === 0 && format === FORMAT) return;
  const list = differs.map((what) => `${what} ${versions[what]} instead of ${here[what]}`).join(", ");
  throw new LocalError(
    "input",
    `the snapshot ${name} was saved by another version of the emulator: ${list || `format ${format} instead of ${FORMAT}`}\n  deploy again and save it anew: groundplan local save ${name}\n  or delete it: groundplan local delete ${name}`,
  );
}

function fileOf(stateDirectory: string, name: string): string {
  return join(snapshotsIn(stateDirectory), `${name}.json`);
}
