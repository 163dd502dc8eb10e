import { Type } from "@sinclair/typebox";
import { documentSchema } from "../../console/document";

/** What `groundplan artifact` prints of images with `--json`. A reader tolerates keys that it does not know. */

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const TEXTS = Type.Array(TEXT);
const COUNT = Type.Integer({ minimum: 0 });
const DIGEST = Type.String({ pattern: "^sha256:[0-9a-f]{64}$" });
const nullable = (type: ReturnType<typeof Type.String>) => Type.Union([type, Type.Null()]);

const built = documentSchema("groundplan.image.build", "An image that was built.", {
  service: NAME,
  digest: DIGEST,
  commit: TEXT,
  tag: NAME,
  builder: NAME,
  platform: NAME,
  folder: NAME,
  size: COUNT,
});

const published = documentSchema("groundplan.image.publish", "An image that was published.", {
  service: NAME,
  environment: NAME,
  repository: NAME,
  digest: DIGEST,
  commit: TEXT,
  tags: TEXTS,
  size: COUNT,
  isNew: Type.Boolean({ description: "false when the registry had it, whole and signed" }),
  attached: Type.Array(TEXT, { description: "what was signed and attached now" }),
  signedBy: NAME,
});

const listed = documentSchema("groundplan.image.list", "The images of a service, the last pushed first.", {
  service: NAME,
  images: Type.Array(
    Type.Object({
      digest: DIGEST,
      commit: nullable(TEXT),
      tags: TEXTS,
      time: TEXT,
      size: COUNT,
      environments: TEXTS,
      pinnedIn: TEXTS,
    }),
  ),
  unseen: Type.Record(TEXT, TEXT, { description: "environments that cannot be seen, with why" }),
});

const current = documentSchema("groundplan.image.current", "What each environment is pinned to.", {
  service: NAME,
  environments: Type.Array(
    Type.Object({
      environment: NAME,
      image: nullable(TEXT),
      digest: nullable(DIGEST),
      commit: nullable(TEXT),
      state: TEXT,
    }),
  ),
});

const pinned = documentSchema("groundplan.image.pin", "An image that was pinned in an environment.", {
  service: NAME,
  environment: NAME,
  from: nullable(NAME),
  digest: DIGEST,
  before: nullable(DIGEST),
  changed: Type.Boolean({ description: "false when it was pinned already" }),
  revision: Type.String({ description: "the commit that pins it" }),
  outcome: Type.Union(["deployed", "promoted", "rolled back", "unchanged"].map((one) => Type.Literal(one))),
});

const pruned = documentSchema("groundplan.image.prune", "Images that were removed, or would be.", {
  service: NAME,
  environment: NAME,
  dryRun: Type.Boolean(),
  removed: Type.Array(Type.Object({ digest: DIGEST, tags: TEXTS, time: TEXT, size: COUNT })),
  kept: Type.Array(Type.Object({ digest: DIGEST, reasons: TEXTS })),
  keptAfterAll: TEXTS,
});

/** The documents, by the name of the schema's file. */
export const IMAGE_FORMATS = {
  "image-build": built,
  "image-current": current,
  "image-list": listed,
  "image-pin": pinned,
  "image-prune": pruned,
  "image-publish": published,
};
