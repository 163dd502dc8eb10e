import { createHash } from "node:crypto";
import { InputError } from "../../input/file";
import { parseJson } from "../../input/json";
import { schemaCheck } from "../../input/schema";

/** Media types of OCI. */
export const MEDIA = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  empty: "application/vnd.oci.empty.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
} as const;

/** Media types of manifests that are read, those of Docker included. */
export const MANIFEST_TYPES: readonly string[] = [
  MEDIA.manifest,
  MEDIA.index,
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

/** What names a blob or a manifest. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A manifest, with what it names. */
export interface Manifest {
  readonly mediaType: string;
  readonly digest: string;
  readonly content: Uint8Array;

  /** Manifests of an index. */
  readonly children: readonly Descriptor[];

  /** Configuration and layers. */
  readonly blobs: readonly Descriptor[];

  /** The image that it is about; none of an image. */
  readonly subject: Descriptor | undefined;
}

const DESCRIPTOR = {
  type: "object",
  required: ["mediaType", "digest", "size"],
  properties: {
    mediaType: { type: "string", maxLength: 255 },
    digest: { type: "string", pattern: "^sha256:[0-9a-f]{64}$" },
    size: { type: "integer", minimum: 0 },
    artifactType: { type: "string" },
    annotations: { type: "object", additionalProperties: { type: "string" } },
  },
} as const;

const asManifest = schemaCheck<{
  readonly mediaType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly subject?: Descriptor;
}>({
  type: "object",
  required: ["schemaVersion"],
  properties: {
    schemaVersion: { const: 2 },
    mediaType: { type: "string" },
    config: DESCRIPTOR,
    layers: { type: "array", items: DESCRIPTOR },
    manifests: { type: "array", items: DESCRIPTOR },
    subject: DESCRIPTOR,
  },
});

/** Digest of bytes. */
export function digestOf(content: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/**
 * Reads a manifest.
 *
 * @param expected - digest by which it was asked for.
 * @throws InputError when it is none, or its bytes are not those of that digest.
 */
export function readManifest(content: Uint8Array, mediaType: string, expected?: string): Manifest {
  const digest = digestOf(content);
  if (expected !== undefined && digest !== expected) {
    throw new InputError(`the manifest ${expected} has the content of ${digest}`);
  }
  const { config, layers = [], manifests = [], subject, ...rest } = asManifest(parseJson(content));
  return {
    mediaType: rest.mediaType ?? mediaType,
    digest,
    content,
    children: manifests,
    blobs: [...(config === undefined ? [] : [config]), ...layers],
    subject,
  };
}

/** The one blob of a referrer that holds nothing else. */
export const EMPTY_BLOB = Buffer.from("{}");

/**
 * The manifest of something that is about an image: a signature or an attestation.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
 */
export function referrerManifest(
  subject: Manifest,
  blob: Uint8Array,
  artifactType: string,
  annotations: Readonly<Record<string, string>>,
): Manifest {
  const describe = (mediaType: string, content: Uint8Array): Descriptor => ({
    mediaType,
    digest: digestOf(content),
    size: content.length,
  });
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    artifactType,
    config: describe(MEDIA.empty, EMPTY_BLOB),
    layers: [describe(artifactType, blob)],
    subject: describe(subject.mediaType, subject.content),
    annotations,
  });
  return readManifest(Buffer.from(text), MEDIA.manifest);
}
