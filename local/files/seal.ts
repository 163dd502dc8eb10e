import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { existsSync, lstatSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { LocalError } from "../options";
import { machineKey } from "./machine-key";
import { refuseLinks, writeWhole } from "./private";
import { readSmallFile } from "./read-file";

/** File by which a state folder is known as one that this machine has made. */
const SEAL = "seal";

/** Ends the name of what is set aside. */
export const SET_ASIDE = ".unreadable";

/** Folders below the state folder in which an emulator reads what it finds. */
const READ_BACK = [
  "snapshots",
  "moto",
  "services",
  "ministack",
  join("ministack", "state"),
  join("ministack", "s3"),
] as const;

/**
 * Makes a state folder this machine's own. What lies in a folder that has no seal of this machine came with a checkout,
 * or from another machine: it is set aside under another name, and nothing of it is read.
 *
 * The caller holds the folder's claim.
 *
 * @throws LocalError where a link leads out of it.
 */
export function sealFolder(folder: string): void {
  refuseLinks(folder);
  if (!isSealed(folder)) {
    for (const name of readdirSync(folder)) {
      if (!isClaim(name) && !isSetAside(name)) setAside(join(folder, name));
    }
    const id = randomUUID();
    writeWhole(join(folder, SEAL), `${id} ${signatureOf(folder, id, machineKey())}\n`);
  }
  for (const name of READ_BACK) refuseLinkAt(join(folder, name));
  refuseLinksIn(join(folder, "ministack", "s3"));
}

/** Whether this machine has made a state folder. */
export function isSealed(folder: string): boolean {
  try {
    const [id = "", signature = ""] = readSmallFile(join(folder, SEAL), { bytes: 1000 }).trim().split(" ");
    const right = Buffer.from(signatureOf(folder, id, machineKey()));
    const given = Buffer.from(signature);
    return given.length === right.length && timingSafeEqual(given, right);
  } catch (error) {
    // A damaged key is the user's to mend: nothing is set aside for it.
    if (error instanceof LocalError) throw error;
    return false;
  }
}

/** Gives something a name beside its own, under which nothing reads it. @returns that name. */
export function setAside(path: string): string {
  let name = `${path}${SET_ASIDE}`;
  for (let number = 2; isThere(name); number++) name = `${path}.${number}${SET_ASIDE}`;
  renameSync(path, name);
  return name;
}

/** What was set aside in a state folder. */
export function filesSetAside(folder: string): readonly string[] {
  return ["", ...READ_BACK].flatMap((name) => {
    const at = join(folder, name);
    return existsSync(at) && lstatSync(at).isDirectory()
      ? readdirSync(at)
          .filter(isSetAside)
          .map((file) => join(at, file))
      : [];
  });
}

/** The folder's own number is signed too: a seal that was copied with a folder is none. */
function signatureOf(folder: string, id: string, key: string): string {
  const { ino } = lstatSync(folder, { bigint: true });
  return createHmac("sha256", key).update(`groundplan-folder-1 ${id} ${ino}`).digest("hex");
}

function isSetAside(name: string): boolean {
  return name.endsWith(SET_ASIDE);
}

/** The claim of whoever seals it, which lies in the folder. */
function isClaim(name: string): boolean {
  return name === "starting" || name === "starting.clearing";
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function refuseLinkAt(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new LocalError(
    "input",
    `${path} is a link, and may lead anywhere\n  remove it, then run it again: rm ${JSON.stringify(path)}`,
  );
}

/** Objects are plain files: what is neither a file nor a folder was not written by this package. */
function refuseLinksIn(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) refuseLinksIn(path);
    else if (entry.isSymbolicLink()) refuseLinkAt(path);
    else if (!entry.isFile()) throw new LocalError("input", `${path} is not a plain file\n  remove it`);
  }
}
