import { createHash, type Hash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { zipEntries } from "./zip";

/** Folders that are never a part of what a stack deploys. */
const SKIPPED = new Set([".git", ".terraform", "node_modules"]);

/**
 * A digest of what a file or folder holds: names, contents, and what may be executed. Times, owners and the
 * place of the folder carry no meaning; nor does the time that an archive notes for each of its files.
 */
export function contentOf(path: string): string {
  const hash = createHash("sha256");
  add(hash, path, "");
  return hash.digest("hex");
}

function add(hash: Hash, path: string, name: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) {
    part(hash, "link", name, readlinkSync(path));
  } else if (stat.isDirectory()) {
    part(hash, "folder", name);
    for (const entry of readdirSync(path).sort()) {
      if (!SKIPPED.has(entry)) add(hash, join(path, entry), `${name}/${entry}`);
    }
  } else if (stat.isFile()) {
    const bytes = readFileSync(path);
    const entries = path.endsWith(".zip") ? zipEntries(bytes) : undefined;
    part(hash, "file", name, (stat.mode & 0o111) === 0 ? "" : "executable");
    if (entries) for (const entry of entries) part(hash, ...entry);
    else part(hash, bytes);
  }
}

/** Adds texts so that no two lists of them are the same to the hash. */
function part(hash: Hash, ...texts: readonly (string | Buffer)[]): void {
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  hash.update(";");
}
