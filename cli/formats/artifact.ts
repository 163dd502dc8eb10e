import { type TObject, Type } from "@sinclair/typebox";
import { documentSchema } from "../console/document";

/** What `groundplan artifact` prints with `--json`. */

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const TEXTS = Type.Array(TEXT);
const BYTES = Type.Integer({ minimum: 0, description: "bytes" });
const TIME = Type.String({ description: "ISO 8601 in UTC" });
const HASH = Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256 of the zip" });
const orNull = <T extends TObject | ReturnType<typeof Type.Array>>(schema: T) =>
  Type.Union([schema, Type.Null()]);

const ARTIFACT = {
  sha256: HASH,
  sourceCodeHash: Type.String({ description: "the same hash in Base64, as Lambda writes it" }),
  key: NAME,
  versionId: NAME,
  size: BYTES,
  commit: TEXT,
  time: TIME,
};

const build = documentSchema("groundplan.artifact.build", "A service that was bundled into a zip.", {
  service: NAME,
  file: NAME,
  sha256: HASH,
  sourceCodeHash: TEXT,
  commit: TEXT,
  size: BYTES,
  warnings: Type.Optional(
    Type.Array(TEXT, {
      description: "what whoever built it should know, e.g. a file that is read and is not in it",
    }),
  ),
});

const check = documentSchema(
  "groundplan.artifact.check",
  "A function that was loaded in its runtime and called once.",
  {
    service: NAME,
    sha256: HASH,
    runtime: NAME,
    ranBy: Type.String({ description: "what ran it, e.g. Node 22.14.0" }),
    ok: Type.Boolean({ description: "whether it answered" }),
    answer: Type.Optional(Type.Unknown({ description: "what it answered" })),
    error: Type.Optional(
      Type.Object({
        errorType: Type.Optional(TEXT),
        errorMessage: Type.Optional(TEXT),
        trace: Type.Optional(TEXTS),
      }),
    ),
    printed: Type.String({ description: "what the code printed" }),
    milliseconds: Type.Integer({ minimum: 0 }),
  },
);

const publish = documentSchema("groundplan.artifact.publish", "What was published of a service.", {
  service: NAME,
  ...ARTIFACT,
  isNew: Type.Boolean({ description: "whether its hash was not published before" }),
});

const list = documentSchema("groundplan.artifact.list", "What is published of a service, the newest first.", {
  service: NAME,
  artifacts: Type.Array(
    Type.Object({
      ...ARTIFACT,
      isThere: Type.Boolean({ description: "whether its object is in the bucket" }),
      environments: TEXTS,
      keptBy: orNull(TEXTS),
    }),
  ),
});

const current = documentSchema(
  "groundplan.artifact.current",
  "What each environment is pinned to and runs.",
  {
    service: NAME,
    environments: Type.Array(
      Type.Object({
        environment: NAME,
        pin: orNull(
          Type.Object({
            bucket: NAME,
            key: NAME,
            versionId: NAME,
            sourceCodeHash: TEXT,
            sha256: HASH,
            commit: TEXT,
            time: TIME,
            stableVersion: TEXT,
            weight: Type.Number({ minimum: 0 }),
            before: TEXTS,
          }),
        ),
        running: orNull(
          Type.Object({
            version: TEXT,
            sourceCodeHash: TEXT,
            weights: Type.Record(Type.String(), Type.Number(), {
              description: "shares of the callers, by version",
            }),
          }),
        ),
        state: Type.String({ description: "the same in words" }),
      }),
    ),
  },
);

const deploy = documentSchema(
  "groundplan.artifact.deploy",
  "What an environment runs after a deploy, a promotion or a rollback.",
  {
    environment: NAME,
    service: NAME,
    sha256: HASH,
    commit: TEXT,
    outcome: Type.Union([Type.Literal("deployed"), Type.Literal("unchanged"), Type.Literal("pinned")]),
    url: Type.Optional(TEXT),
  },
);

const prune = documentSchema("groundplan.artifact.prune", "What was removed, or would be with --dry-run.", {
  service: NAME,
  dryRun: Type.Boolean(),
  versions: Type.Array(
    Type.Object({
      environment: NAME,
      functionName: NAME,
      version: TEXT,
      sourceCodeHash: TEXT,
      size: BYTES,
      time: TIME,
    }),
  ),
  artifacts: Type.Array(
    Type.Object({ sha256: HASH, commit: TEXT, versionId: NAME, size: BYTES, time: TIME }),
  ),
  kept: TEXTS,
});

/** The documents, by the name of the schema's file. */
export const ARTIFACT_FORMATS: Readonly<Record<string, TObject>> = {
  "artifact-build": build,
  "artifact-check": check,
  "artifact-current": current,
  "artifact-deploy": deploy,
  "artifact-list": list,
  "artifact-prune": prune,
  "artifact-publish": publish,
};
