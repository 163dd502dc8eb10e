import { openAsBlob } from "node:fs";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { blobPath, type Layout, manifestIn } from "./layout";
import { type Descriptor, EMPTY_BLOB, type Manifest, referrerManifest } from "./manifest";
import { shortDigest } from "./reference";
import type { ImageRepository } from "./registry";

/** Where an image is taken from: a folder of this machine, or a repository. */
export interface ImageSource {
  /** Repository of the same registry as the target, whose blobs may be taken over there. */
  readonly mountFrom?: string | undefined;

  /** A manifest by its digest. */
  manifest(descriptor: Descriptor): Promise<Manifest>;

  /** Content of a blob. */
  blob(descriptor: Descriptor): Promise<Uint8Array | Blob>;
}

/** An image of this machine. */
export function layoutSource({ folder }: Layout): ImageSource {
  return {
    manifest: async (descriptor) => manifestIn(folder, descriptor),
    blob: ({ digest }) => openAsBlob(blobPath(folder, digest)),
  };
}

/** An image of a repository. */
export function repositorySource(from: ImageRepository, to: ImageRepository): ImageSource {
  return {
    mountFrom: from.registry.url === to.registry.url ? from.name : undefined,
    manifest: ({ digest }) => presentManifest(from, digest),
    blob: ({ digest }) => from.blob(digest),
  };
}

/** @throws CliError when a repository does not have a manifest. */
export async function presentManifest(repository: ImageRepository, digest: string): Promise<Manifest> {
  const found = await repository.manifest(digest);
  if (found) return found;
  throw new CliError(
    EXIT.FAILED,
    `image ${shortDigest(digest)} is not in ${repository.name}`,
    `at ${repository.registry.url}`,
    "see what is: npx groundplan artifact list",
  );
}

/** What was sent of an image. */
export interface Sent {
  readonly blobs: number;

  /** Blobs that were there already. */
  readonly known: number;
}

/**
 * Puts an image into a repository by its digest, blobs first and the manifest last: what is there under its digest is
 * whole. What is there already is not sent, so that the same call after a failure goes on with the rest.
 */
export async function copyImage(source: ImageSource, root: Manifest, to: ImageRepository): Promise<Sent> {
  let sent = 0;
  let known = 0;
  for (const child of root.children) {
    const part = await copyImage(source, await source.manifest(child), to);
    sent += part.blobs;
    known += part.known;
  }
  for (const blob of root.blobs) {
    if (await to.putBlob(blob.digest, () => source.blob(blob), source.mountFrom)) sent += 1;
    else known += 1;
  }
  await to.putManifest(root);
  return { blobs: sent, known };
}

/** Copies an image with all that is about it, between repositories. */
export async function copyWithReferrers(
  from: ImageRepository,
  to: ImageRepository,
  digest: string,
): Promise<Sent> {
  const source = repositorySource(from, to);
  const sent = await copyImage(source, await presentManifest(from, digest), to);
  for (const referrer of await from.referrers(digest)) {
    await copyImage(source, await source.manifest(referrer), to);
  }
  return sent;
}

/**
 * Attaches a blob to an image, as what is about it.
 *
 * @param annotations - what is said of it in lists.
 */
export async function attach(
  repository: ImageRepository,
  subject: Manifest,
  blob: Uint8Array,
  artifactType: string,
  annotations: Readonly<Record<string, string>>,
): Promise<void> {
  const manifest = referrerManifest(subject, blob, artifactType, annotations);
  const contents = [EMPTY_BLOB, blob];
  for (const [at, { digest }] of manifest.blobs.entries()) {
    await repository.putBlob(digest, async () => contents[at] ?? EMPTY_BLOB);
  }
  await repository.putManifest(manifest);
}

/**
 * Looks where a tag leads that never moves.
 *
 * @returns whether it leads to the image already. @throws CliError when it leads to another.
 */
export async function refuseMovedTag(
  repository: ImageRepository,
  image: Manifest,
  tag: string,
): Promise<boolean> {
  const there = await repository.manifest(tag);
  if (there === undefined || there.digest === image.digest) return there !== undefined;
  throw new CliError(
    EXIT.FAILED,
    `tag ${tag} of ${repository.name} is image ${shortDigest(there.digest)} already, and not ${shortDigest(image.digest)}`,
    `at ${repository.registry.url}`,
    "a commit's tag names one image for ever: the same commit has built other bytes, or somebody moved the tag",
    "build it with the builder and the base of the first one, or commit what differs",
  );
}

/**
 * Gives an image a tag that never moves.
 *
 * @throws CliError when the tag is another image's, also where the repository would let it move.
 */
export async function tagImage(repository: ImageRepository, image: Manifest, tag: string): Promise<void> {
  if (!(await refuseMovedTag(repository, image, tag))) await repository.putManifest(image, tag);
}
