/** SHA-256 in hexadecimal digits, and in Base64. */
const HEX = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;
const BASE64 = { type: "string", pattern: "^[A-Za-z0-9+/]{43}=$" } as const;

/** Version of an object, as S3 gives it. */
const VERSION_ID = { type: "string", pattern: "^[!-~]{1,1024}$" } as const;

/** A commit, `unknown`, or either with `+changes`. */
const COMMIT = { type: "string", pattern: "^[!-~]{1,200}$" } as const;

const TIME = {
  type: "string",
  pattern:
    "^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?Z$",
} as const;

const KEY = { type: "string", pattern: "^artifacts/[a-z0-9-]{1,100}/[0-9a-f]{64}\\.zip$" } as const;

/** An object; keys that are not known are let through: a later version may write them. */
const object = (
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
) => ({ type: "object", required: Object.keys(required), properties: { ...required, ...optional } }) as const;

const IDENTITY = { sha256: HEX, sourceCodeHash: BASE64, key: KEY, versionId: VERSION_ID, commit: COMMIT };

/** What the parameter of an environment holds (`Pin`). */
export const PIN_SCHEMA = object(
  {
    ...IDENTITY,
    bucket: { type: "string", pattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$" },
    time: TIME,
    stableVersion: { type: "string", pattern: "^[0-9]{0,20}$" },
    weight: { type: "number", minimum: 0, exclusiveMaximum: 1 },
  },
  { before: { type: "array", maxItems: 100, items: HEX } },
);

const ARTIFACT = { ...IDENTITY, size: { type: "integer", minimum: 0 }, time: TIME };

/** What is written beside the artifacts of a service (`ArtifactIndex`). */
export const INDEX_SCHEMA = object(
  {
    service: { type: "string", pattern: "^[a-z0-9-]{1,100}$" },
    artifacts: { type: "array", items: object(ARTIFACT) },
  },
  {
    removed: {
      type: "array",
      items: object({ ...ARTIFACT, removed: TIME }, { by: { type: "string", pattern: "^[!-~]{1,100}$" } }),
    },
  },
);
