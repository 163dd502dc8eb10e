import { createHash, type Hash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { zipEntries } from "./zip";

/** Folders that are never a part of what a stack deploys. */
const SKIPPED = new Set([".git", ".terraform", ".groundplan", "node_modules"]);

/** Properties of {@link contentOf}. */
export interface ContentProps {
  /** Folder of the checkout: a link that leads out of it leads to the same on every side. */
  readonly root: string;

  /** Folder of which nothing counts, e.g. what is synthesized. */
  readonly omitted?: string;
}

/**
 * A digest of what a file or folder holds: names, contents, and what may be executed. Times, owners and the
 * place of the folder carry no meaning; nor does the time that an archive notes for each of its files. What a link
 * leads to counts as what it is, as Terraform reads it.
 */
export function contentOf(path: string, props: ContentProps): string {
  const hash = createHash("sha256");
  add(hash, path, "", props, new Set());
  return hash.digest("hex");
}

/** @param above - real paths of the folders that are being read: a link to one of them has no end. */
function add(hash: Hash, path: string, name: string, props: ContentProps, above: ReadonlySet<string>): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) {
    part(hash, "link", name, readlinkSync(path));
    const target = targetOf(path, props);
    if (target !== undefined && !above.has(target)) add(hash, target, name, props, above);
  } else if (stat.isDirectory()) {
    if (path === props.omitted) return;
    part(hash, "folder", name);
    const all = new Set([...above, realpathSync(path)]);
    for (const entry of readdirSync(path).sort()) {
      if (!SKIPPED.has(entry)) add(hash, join(path, entry), `${name}/${entry}`, props, all);
    }
  } else if (stat.isFile()) {
    const bytes = readFileSync(path);
    const entries = path.endsWith(".zip") ? zipEntries(bytes) : undefined;
    part(hash, "file", name, (stat.mode & 0o111) === 0 ? "" : "executable");
    if (entries) for (const entry of entries) part(hash, ...entry);
    else part(hash, bytes);
  }
}

/** Where a link leads to, when that is a part of the checkout. */
function targetOf(link: string, { root }: ContentProps): string | undefined {
  try {
    const target = realpathSync(link);
    const below = relative(root, target);
    const isOutside = below.startsWith(`..${sep}`) || isAbsolute(below) || below === "..";
    return isOutside || below.split(sep).some((folder) => SKIPPED.has(folder)) ? undefined : target;
  } catch {
    // It leads nowhere, or in a circle.
    return undefined;
  }
}

/** Adds texts so that no two lists of them are the same to the hash. */
function part(hash: Hash, ...texts: readonly (string | Buffer)[]): void {
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  hash.update(";");
}
