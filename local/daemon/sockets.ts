import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineName } from "../engines/engine";
import { privateFolder } from "../files/private";

/** Bytes that the path of a Unix socket may have; on Linux it is four more. */
const LONGEST = 103;

const PREFIX = "sockets-";

/** Folder of the Unix sockets on which the emulators of one start listen; nobody but this user may enter it. */
export interface Sockets {
  pathOf(name: EngineName | "aws" | "metadata" | "imds" | "outward"): string;
  readonly folder: string;
  remove(): void;
}

/** Makes that folder in the state folder, or, where its path is too long for a socket, in the system's own. */
export function openSockets(stateDirectory: string): Sockets {
  // A name that nobody guesses, and takes before.
  const name = `${PREFIX}${randomUUID()}`;
  const near = join(stateDirectory, name);
  const isShort = Buffer.byteLength(join(near, "ministack")) <= LONGEST;
  const folder = isShort ? near : join(tmpdir(), `groundplan-${name}`);
  privateFolder(folder);
  return {
    folder,
    pathOf: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Removes what starts have left in a state folder that were killed with their emulators. */
export function removeSockets(stateDirectory: string): void {
  const names = existsSync(stateDirectory) ? readdirSync(stateDirectory) : [];
  for (const name of names) {
    if (name.startsWith(PREFIX)) rmSync(join(stateDirectory, name), { recursive: true, force: true });
  }
}
