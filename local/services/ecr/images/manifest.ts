/** Something that a manifest points to. */
export interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/** What is read of an image's manifest. */
export interface Manifest {
  readonly mediaType: string;

  /** The configuration and the layers of an image; none of an index. */
  readonly blobs: readonly Descriptor[];

  /** The manifests of an index. */
  readonly manifests: readonly Descriptor[];

  /** Digest of the image that this one is about: of a signature or an SBOM. */
  readonly subject?: string;

  /** Media type of what is not an image. */
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests */
export const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";

/** Media types of images and indexes that ECR takes. */
const MEDIA_TYPES: ReadonlySet<string> = new Set([
  IMAGE,
  INDEX,
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
]);

/**
 * Reads a manifest.
 *
 * @param given - media type that the client names, if any.
 * @returns undefined for what is no manifest of an image or an index.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
 */
export function parseManifest(content: string, given?: string): Manifest | undefined {
  const found = objectOf(content);
  if (!found) return undefined;
  const mediaType = text(found.mediaType) ?? given ?? (Array.isArray(found.manifests) ? INDEX : IMAGE);
  if (!MEDIA_TYPES.has(mediaType) || (given !== undefined && given !== mediaType)) return undefined;
  const isIndex = Array.isArray(found.manifests);
  const parts = isIndex
    ? found.manifests
    : [found.config, ...(Array.isArray(found.layers) ? found.layers : [])];
  const descriptors = (parts as unknown[]).map(descriptorOf);
  if (!descriptors.every((one) => one !== undefined)) return undefined;
  const subject = found.subject === undefined ? undefined : descriptorOf(found.subject);
  if (found.subject !== undefined && !subject) return undefined;
  const configType = text((found.config as { mediaType?: unknown } | undefined)?.mediaType);
  const artifactType = text(found.artifactType) ?? (isIndex ? undefined : configType);
  return {
    mediaType,
    blobs: isIndex ? [] : descriptors,
    manifests: isIndex ? descriptors : [],
    ...(subject ? { subject: subject.digest } : {}),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(isTable(found.annotations) ? { annotations: found.annotations as Record<string, string> } : {}),
  };
}

function objectOf(content: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(content);
    return isTable(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function descriptorOf(value: unknown): Descriptor | undefined {
  if (!isTable(value)) return undefined;
  const { digest, size } = value;
  if (typeof digest !== "string" || !DIGEST.test(digest)) return undefined;
  return typeof size === "number" && size >= 0 ? { digest, size } : undefined;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
