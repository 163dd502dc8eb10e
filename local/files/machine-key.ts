import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { LocalError } from "../options";
import { privatePlace, writeWhole } from "./private";
import { readSmallFile } from "./read-file";

/** Bytes of the key, as many as the hash has that signs with it. */
const LENGTH = 32;

/**
 * Path of the key by which this machine signs the state of the emulators, in a place that no checkout can bring. It is
 * made where it is missing.
 *
 * @throws LocalError when it is damaged: with another key, no state that was saved would be read.
 */
export function machineKeyFile(): string {
  const folder = join(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "groundplan");
  const path = join(folder, "state.key");
  privatePlace(folder);
  // It is read each time that something is signed: of two that make it at once, both sign with the last.
  if (!existsSync(path)) writeWhole(path, randomBytes(LENGTH).toString("hex"));
  if (!/^[0-9a-f]{64}$/.test(readSmallFile(path, { bytes: 1000, followLinks: true }))) {
    throw new LocalError(
      "failed",
      `${path} is damaged: it is to hold ${LENGTH} bytes in hexadecimal\n  remove it and start again; state that was signed with it is then set aside`,
    );
  }
  return path;
}

/** That key itself. @throws LocalError when it is damaged. */
export function machineKey(): string {
  return readSmallFile(machineKeyFile(), { bytes: 1000, followLinks: true });
}
