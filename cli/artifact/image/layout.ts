import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { InputError } from "../../input/file";
import { parseJson } from "../../input/json";
import { schemaCheck } from "../../input/schema";
import { type Descriptor, type Manifest, readManifest } from "./manifest";

const asIndex = schemaCheck<{ readonly manifests: readonly Descriptor[] }>({
  type: "object",
  required: ["manifests"],
  properties: { manifests: { type: "array", minItems: 1, items: { type: "object" } } },
});

/** An image on this machine, in the form that OCI gives folders of them. */
export interface Layout {
  readonly folder: string;

  /** The image itself: one manifest, or an index of one for each platform. */
  readonly root: Manifest;
}

/**
 * Reads the one image of a layout.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 * @throws CliError when it holds none, or several.
 */
export function readLayout(folder: string): Layout {
  try {
    const { manifests } = asIndex(parseJson(readFileSync(join(folder, "index.json"))));
    const [first] = manifests;
    if (!first || manifests.length > 1) throw new InputError(`it has ${manifests.length} images`);
    return { folder, root: manifestIn(folder, first) };
  } catch (error) {
    if (!(error instanceof InputError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new CliError(
      EXIT.FAILED,
      `the builder left no image that can be read: ${(error as Error).message}`,
      `at ${folder}`,
      "build it again, or with another --builder",
    );
  }
}

/** A manifest of a layout. @throws InputError when its bytes are not those of its digest. */
export function manifestIn(folder: string, { digest, mediaType }: Descriptor): Manifest {
  return readManifest(readFileSync(blobPath(folder, digest)), mediaType, digest);
}

/** Where a layout keeps a blob. */
export function blobPath(folder: string, digest: string): string {
  const [, hex = ""] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
  if (hex === "") throw new InputError(`${JSON.stringify(digest).slice(0, 100)} is not a digest`);
  return join(folder, "blobs", "sha256", hex);
}

/** Bytes of all blobs that an image names. */
export function sizeOf({ folder, root }: Layout): number {
  const manifests = root.children.map((one) => manifestIn(folder, one));
  const blobs = [root, ...manifests].flatMap((one) => one.blobs).map(({ digest }) => digest);
  return [...new Set(blobs)].reduce((sum, digest) => sum + statSync(blobPath(folder, digest)).size, 0);
}

/** Digest of a file. */
export async function digestOfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return `sha256:${hash.digest("hex")}`;
}
