import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { privateTree, refuseLinks } from "../files/private";
import { sealFolder } from "../files/seal";
import { install } from "../install";
import { settingsWithKept } from "../kept-settings";
import { status } from "../lifecycle";
import { LocalError, type LocalOptions, settingsOf } from "../options";
import { alone } from "../process/claim";
import { post } from "../process/post";
import { beginLoad, endLoad, finishLoad, loadingContent } from "./journal";
import { copyDatabases, copyKept, replaceKept } from "./kept";
import {
  assertSameVersions,
  assertSnapshotName,
  contentIn,
  readManifest,
  readManifests,
  removeManifest,
  removeUnnamedContents,
  type Snapshot,
  versionsOf,
  writeManifest,
} from "./manifest";

/**
 * Saves what the emulator holds by a name, in place of what had the name before; it may run or not. A save that is
 * interrupted leaves what was there.
 *
 * @throws LocalError where there is nothing to save, or it cannot be.
 */
export async function save(name: string, options: LocalOptions = {}): Promise<Snapshot> {
  assertSnapshotName(name);
  return withState(options, async (stateDirectory) => {
    const running = await status(options);
    const content = `content-${randomUUID()}`;
    const folder = contentIn(stateDirectory, content);
    removeUnnamedContents(stateDirectory, loadingContent(stateDirectory));
    try {
      const { python } = await install(options);
      const bytes = running
        ? ((await post(running.endpoint, "snapshots/save", { content })) as { readonly bytes: number }).bytes
        : await copyStopped(stateDirectory, folder);
      const { account, region } = running ?? settingsWithKept(options);
      const versions = await versionsOf(python);
      const snapshot = { name, savedAt: new Date().toISOString(), account, region, versions, bytes };
      writeManifest(stateDirectory, snapshot, content);
      return snapshot;
    } finally {
      // That of the snapshot before, or of this one where it has failed.
      removeUnnamedContents(stateDirectory, loadingContent(stateDirectory));
    }
  });
}

/**
 * Replaces what the emulator holds by a snapshot: at once where it runs, else at the next start. Interrupted, it is
 * finished at the next start, or has changed nothing.
 *
 * @throws LocalError where there is no such snapshot, or another version or account has saved it.
 */
export async function load(name: string, options: LocalOptions = {}): Promise<Snapshot> {
  assertSnapshotName(name);
  return withState(options, async (stateDirectory) => {
    const manifest = readManifest(stateDirectory, name);
    if (!manifest) throw missing(stateDirectory, name);
    const { python } = await install(options);
    assertSameVersions(manifest, await versionsOf(python));
    const running = await status(options);
    const { account } = running ?? settingsWithKept(options);
    if (account !== manifest.account) {
      throw new LocalError(
        "input",
        `the snapshot ${name} is of account ${manifest.account}, and the emulator is started as ${account}\n  start it as that one: groundplan local down, then groundplan local up --account ${manifest.account}`,
      );
    }
    const { content, format: _, ...snapshot } = manifest;
    if (running) await post(running.endpoint, "snapshots/load", { content });
    else {
      beginLoad(stateDirectory, content);
      await replaceKept(stateDirectory, contentIn(stateDirectory, content));
      endLoad(stateDirectory);
    }
    return snapshot;
  });
}

/** The snapshots, by name. */
export function list(options: LocalOptions = {}): readonly Snapshot[] {
  const { stateDirectory } = settingsOf(options);
  refuseLinks(stateDirectory);
  return readManifests(stateDirectory).map(({ content: _content, format: _format, ...snapshot }) => snapshot);
}

/** Deletes a snapshot; what the emulator holds stays. @throws LocalError where there is none. */
export async function remove(name: string, options: LocalOptions = {}): Promise<void> {
  assertSnapshotName(name);
  await withState(options, async (stateDirectory) => {
    if (!readManifest(stateDirectory, name)) throw missing(stateDirectory, name);
    removeManifest(stateDirectory, name);
    removeUnnamedContents(stateDirectory, loadingContent(stateDirectory));
  });
}

/** Works on a state folder of this machine, alone. */
function withState<T>(options: LocalOptions, work: (stateDirectory: string) => Promise<T>): Promise<T> {
  const { stateDirectory } = settingsOf(options);
  privateTree(stateDirectory);
  return alone(stateDirectory, options, async () => {
    const isRunning = (await status(options)) !== undefined;
    if (!isRunning) {
      sealFolder(stateDirectory);
      await finishLoad(stateDirectory);
    }
    return work(stateDirectory);
  });
}

/** Copies what is kept of an emulator that does not run. */
async function copyStopped(stateDirectory: string, folder: string): Promise<number> {
  const bytes = copyKept(stateDirectory, folder);
  if (bytes === 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new LocalError(
      "missing",
      "no emulator runs, and nothing is kept of one\n  start it: groundplan local up",
    );
  }
  await copyDatabases(stateDirectory, folder);
  return bytes;
}

function missing(stateDirectory: string, name: string): LocalError {
  const names = readManifests(stateDirectory).map((one) => one.name);
  const there = names.length === 0 ? "there is none" : `there is ${names.join(", ")}`;
  return new LocalError(
    "input",
    `no snapshot ${name}: ${there}\n  save what the emulator holds: groundplan local save ${name}`,
  );
}
