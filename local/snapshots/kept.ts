import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { copyTree, privateFolder, privately } from "../files/private";
import { setAside } from "../files/seal";

/** Folders of a state folder that hold what a snapshot holds, whoever writes them. */
const FOLDERS = ["moto", "services", "ministack"] as const;

/** Data of databases, which belongs to the user of their servers. */
export const DATABASES = join("hosts", "databases");

/** Copies what a state folder holds into a folder that is made, but for databases. @returns the number of bytes. */
export function copyKept(stateDirectory: string, to: string): number {
  privateFolder(to);
  const sizes = FOLDERS.filter((name) => existsSync(join(stateDirectory, name))).map((name) =>
    copyTree(join(stateDirectory, name), join(to, name)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Copies data of databases, none of which may be running, with the users that own it. @param names - all where none is given. */
export async function copyDatabases(
  from: string,
  to: string,
  names: readonly string[] = namesIn(join(from, DATABASES)),
): Promise<void> {
  for (const name of names) {
    privateFolder(join(to, DATABASES));
    const paths = [join(from, DATABASES, name), join(to, DATABASES, name)];
    await privately(() => execa("cp", ["-a", "--reflink=auto", ...paths]));
  }
}

/** Replaces what a state folder holds by what a snapshot does. Until it has ended, the folder is neither. */
export async function replaceKept(stateDirectory: string, by: string): Promise<void> {
  for (const name of FOLDERS) {
    const path = join(stateDirectory, name);
    rmSync(path, { recursive: true, force: true });
    if (existsSync(join(by, name))) copyTree(join(by, name), path);
  }
  rmSync(join(stateDirectory, DATABASES), { recursive: true, force: true });
  await copyDatabases(by, stateDirectory);
}

/** Gives other names to what a state folder holds, so that the emulator starts empty. */
export function setKeptAside(stateDirectory: string): void {
  for (const name of [...FOLDERS, DATABASES]) {
    if (existsSync(join(stateDirectory, name))) setAside(join(stateDirectory, name));
  }
}

/** Moves a folder, which the caller has made, to a place in one that may be missing. */
export function moveTo(from: string, to: string): void {
  privateFolder(dirname(to));
  renameSync(from, to);
}

export function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
