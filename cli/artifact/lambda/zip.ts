import { createHash } from "node:crypto";
import { type Zippable, zipSync } from "fflate";
import type { ArtifactContent } from "../built";

/** Files of an artifact, by their paths with `/` between the parts. */
export type Files = Readonly<Record<string, Uint8Array>>;

/**
 * A zip holds local times without a zone. The parts of this one are the same in every zone, and it is
 * far enough from the first moment that the format can hold.
 */
const TIME = new Date(1980, 0, 2, 12, 0, 0);

/** A plain file that everybody may read: Lambda runs functions as a user of its own. */
const ATTRIBUTES = 0o100644 << 16;

/** A program: Lambda starts a `bootstrap` itself. The sum stays positive, which a shift would not. */
const PROGRAM = 0o100755 * 2 ** 16;

/** Made by a Unix: without it, the mode above is not read. */
const UNIX = 3;

/**
 * Zips files so that the same files make the same bytes: entries sorted, times and modes fixed.
 *
 * The deflate is fflate's, which is plain JavaScript: that of Node differs from processor to processor.
 *
 * @param programs - the files that are started.
 */
export function zip(files: Files, programs: readonly string[] = []): ArtifactContent {
  const attributesOf = (path: string) => (programs.includes(path) ? PROGRAM : ATTRIBUTES);
  const entries: Zippable = {};
  for (const path of Object.keys(files).sort(byCodeUnits)) {
    const content = files[path];
    if (content) entries[path] = [content, { mtime: TIME, attrs: attributesOf(path), os: UNIX, level: 9 }];
  }
  const bytes = zipSync(entries);
  const hash = createHash("sha256").update(bytes).digest();
  return { bytes, sha256: hash.toString("hex"), sourceCodeHash: hash.toString("base64") };
}

/** Not by language: the order is to be the same everywhere. */
function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
