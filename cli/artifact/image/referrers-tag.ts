import { schemaCheck } from "../../input/schema";
import { type Descriptor, type Manifest, MEDIA } from "./manifest";

const asIndex = schemaCheck<{ readonly manifests: readonly Descriptor[] }>({
  type: "object",
  required: ["manifests"],
  properties: {
    manifests: {
      type: "array",
      maxItems: 10_000,
      items: {
        type: "object",
        required: ["digest", "mediaType", "size"],
        properties: {
          digest: { type: "string", pattern: "^sha256:[0-9a-f]{64}$" },
          mediaType: { type: "string" },
          size: { type: "integer" },
        },
      },
    },
  },
});

/** The referrers that a registry lists. @throws InputError when it is no list. */
export function referrersOf(value: unknown): readonly Descriptor[] {
  return asIndex(value).manifests;
}

/**
 * The index that lists the referrers of an image, where the registry keeps no list itself, with one more.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 * @returns undefined when it is in the list.
 */
export function withReferrer(index: Manifest | undefined, referrer: Manifest): Buffer | undefined {
  const manifests = index?.children ?? [];
  if (manifests.some(({ digest }) => digest === referrer.digest)) return undefined;
  const { artifactType, annotations } = JSON.parse(Buffer.from(referrer.content).toString()) as Descriptor;
  const added = {
    mediaType: referrer.mediaType,
    digest: referrer.digest,
    size: referrer.content.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: MEDIA.index, manifests: [...manifests, added] }),
  );
}
