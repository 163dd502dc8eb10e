import { createHash } from "node:crypto";
import { EcrError } from "../error";
import { now } from "../input";
import type { Image, Images, RepositoryKey } from "./images";
import { parseManifest, TAG } from "./manifest";
import { isImmutable, type Repository } from "./repositories";

/** A manifest as a client sends it. */
export interface Pushed {
  readonly content: Buffer;
  readonly mediaType: string | undefined;
  readonly tag: string | undefined;

  /** Digest that the client expects. */
  readonly digest: string | undefined;
}

/**
 * Puts an image into a repository, or refuses it as ECR does. The same image under the same tag again is no change.
 *
 * @throws EcrError that says why.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
 */
export async function pushImage(
  images: Images,
  key: RepositoryKey,
  repository: Repository,
  { content, mediaType, tag, digest: expected }: Pushed,
): Promise<{ readonly image: Image; readonly isNew: boolean }> {
  const manifest = parseManifest(content.toString(), mediaType);
  if (!manifest) throw new EcrError("InvalidParameterException", "Invalid parameter at 'ImageManifest'");
  if (tag !== undefined && !TAG.test(tag)) {
    throw new EcrError(
      "InvalidParameterException",
      `Invalid parameter at 'imageTag': ${JSON.stringify(tag)}`,
    );
  }
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  if (expected !== undefined && expected !== digest) {
    throw new EcrError(
      "ImageDigestDoesNotMatchException",
      `The provided image digest does not match the calculated image digest: '${expected}' is given, and the manifest has '${digest}'`,
    );
  }
  const missing = manifest.blobs
    .filter((blob) => !images.hasBlob(key, blob.digest))
    .map((blob) => blob.digest);
  if (missing.length > 0) {
    throw new EcrError(
      "LayersNotFoundException",
      `Layers with digests '${missing.join(", ")}' were not found`,
    );
  }
  const absent = manifest.manifests.filter((one) => !images.find(key, one.digest)).map((one) => one.digest);
  if (absent.length > 0) {
    throw new EcrError(
      "ReferencedImagesNotFoundException",
      `Images with digests '${absent.join(", ")}' were not found`,
    );
  }
  const tagged = tag === undefined ? undefined : images.tagged(key, tag);
  if (tag !== undefined && tagged && tagged.digest !== digest && isImmutable(repository, tag)) {
    throw new EcrError(
      "ImageTagAlreadyExistsException",
      `The image tag '${tag}' already exists in the '${key.name}' repository and cannot be overwritten because the tag is immutable.`,
    );
  }
  const known = images.find(key, digest);
  const image = known ?? { ...manifest, digest, size: content.length, pushedAt: now() };
  await images.blobs.put(content);
  images.put(key, image, tag);
  return { image, isNew: !known || (tag !== undefined && tagged?.digest !== digest) };
}
