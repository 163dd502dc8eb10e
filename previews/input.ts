import { readFileSync } from "node:fs";
import { SynthError } from "@groundplan/modules/core";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

const optional = Type.Optional;
const oneOf = <T extends string>(...values: readonly T[]) =>
  Type.Union(values.map((value) => Type.Literal(value)));
const TIME = Type.String({
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?Z$",
  description: "ISO 8601 in UTC",
});
/** What a tag of AWS takes, of Latin letters; TypeBox knows no classes of Unicode. */
const TAG_VALUE = Type.String({
  minLength: 1,
  maxLength: 256,
  pattern: "^[A-Za-z0-9\u00c0-\u024f _.:/=+@-]*$",
  description: "Letters, digits, spaces and _ . : / = + @ -",
});
const VARIABLES = (value: ReturnType<typeof Type.String>) =>
  Type.Record(Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]*$" }), value);

/** What `.idp/config.yml` says, with every default filled in. */
export const CONFIG = Type.Object(
  {
    container_port: optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    cpu: Type.Integer({ description: "CPU units of Fargate, of which 1024 are one vCPU" }),
    memory: Type.Integer({ description: "MiB" }),
    architecture: optional(oneOf("ARM64", "X86_64")),
    log_retention_days: Type.Integer(),
    environment: VARIABLES(Type.String({ maxLength: 32_768 })),
    secrets: VARIABLES(
      Type.String({ maxLength: 2048, description: "ARN of a secret, and :KEY:: for one key" }),
    ),
    health_check_path: optional(Type.String({ pattern: "^/", maxLength: 1024 })),
    desired_count: optional(Type.Integer({ minimum: 0, maximum: 10 })),
    spot: optional(Type.Boolean()),
    exec: optional(Type.Boolean({ description: "Lets `groundplan preview exec` open a shell" })),
    command: optional(Type.Array(Type.String(), { minItems: 1 })),
    schedule: optional(
      Type.Object(
        {
          expression: Type.String({ description: "rate(…), cron(…) or at(…) of EventBridge Scheduler" }),
          timezone: optional(Type.String({ description: "Name of the IANA database, e.g. Europe/Berlin" })),
        },
        { additionalProperties: false },
      ),
    ),
    migrate: optional(
      Type.Array(Type.String(), {
        minItems: 1,
        description: "Command of the image that migrates the database",
      }),
    ),
    parameters: optional(
      Type.Record(Type.String(), Type.Unknown(), { description: "What a template of one's own takes" }),
    ),
  },
  { additionalProperties: false },
);

/** Columns of a source: `table.column`, or with the schema before it. */
const COLUMN_NAMES = Type.Array(Type.String({ minLength: 3, maxLength: 200 }), { maxItems: 1000 });

/** A source of which a new database gets a copy: the platform says it, and no repository. */
const SOURCE = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z](?:-?[a-z0-9])*$", maxLength: 40 }),
    host: Type.String({ pattern: "^[A-Za-z0-9.-]+$", maxLength: 253 }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    database: Type.String({ pattern: "^[A-Za-z0-9_-]+$", maxLength: 63 }),
    secretArn: Type.String({ pattern: "^arn:aws[a-z-]*:secretsmanager:" }),
    securityGroupId: optional(Type.String({ pattern: "^sg-[0-9a-z]+$" })),
    production: Type.Boolean(),
    masked: Type.Boolean(),
    keep: COLUMN_NAMES,
    mask: COLUMN_NAMES,
  },
  { additionalProperties: false },
);

/** Everything that a preview is made from: `groundplan preview` writes it, and the previews' app reads it. */
export const INPUT = Type.Object(
  {
    format: Type.Literal("groundplan-preview-input"),
    version: Type.Literal(1),
    name: Type.String({ pattern: "^[a-z](?:-?[a-z0-9])+$", maxLength: 40 }),
    template: Type.String({ pattern: "^[a-z](?:-?[a-z0-9])*$", maxLength: 40 }),
    owner: TAG_VALUE,
    repository: optional(Type.String({ maxLength: 140 })),
    branch: optional(Type.String({ maxLength: 255 })),
    commit: optional(Type.String({ pattern: "^[0-9a-f]{7,64}$" })),
    image: Type.String({ minLength: 1, maxLength: 512, pattern: "^[A-Za-z0-9_][A-Za-z0-9_./:@-]*$" }),
    ttl: Type.String({ pattern: "^[1-9][0-9]{0,4}[mhdw]$" }),
    createdAt: TIME,
    expiresAt: TIME,
    network: oneOf("shared", "own"),
    database: oneOf("none", "shared", "own"),
    data: optional(
      Type.Union(
        [
          Type.Object({ seed: Type.String({ maxLength: 200 }) }, { additionalProperties: false }),
          Type.Object({ copy: SOURCE }, { additionalProperties: false }),
        ],
        { description: "What a new database begins with" },
      ),
    ),
    config: CONFIG,
    platform: Type.Object(
      {
        name: Type.String({ pattern: "^[a-z](?:-?[a-z0-9])*$", maxLength: 20 }),
        environment: Type.String({ pattern: "^[a-z](?:-?[a-z0-9])*$", maxLength: 16 }),
        account: Type.String({ pattern: "^\\d{12}$", description: "Every other account is refused" }),
        region: Type.String({ pattern: "^[a-z]{2}(?:-[a-z]+)+-\\d$" }),
        domain: Type.String({ pattern: "^[a-z0-9.-]+$", maxLength: 200 }),
        zoneId: Type.String({ pattern: "^[A-Z0-9]{1,32}$" }),
        certificateArn: optional(Type.String({ pattern: "^arn:aws[a-z-]*:acm:" })),
        costCenter: optional(TAG_VALUE),
      },
      { additionalProperties: false },
    ),
  },
  {
    $id: "groundplan-preview-input",
    additionalProperties: false,
    description: "What a preview environment is made from.",
  },
);

/** What `.idp/config.yml` says, with every default filled in. */
export type PreviewConfig = Static<typeof CONFIG>;

/** Everything that a preview is made from. */
export type PreviewInput = Static<typeof INPUT>;

/**
 * Reads and checks the document of a preview.
 *
 * @throws SynthError with every fault: where it lies, and what is expected there. No value is repeated, for a variable
 * of the environment may hold anything.
 */
export function readInput(path: string): PreviewInput {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    const what = "the document of the preview is missing or not JSON";
    throw new SynthError(path, [{ what, instead: "let `groundplan preview create` write it" }]);
  }
  return checkInput(document, path);
}

/** @throws SynthError as {@link readInput}. @param at - where the document is from, for messages. */
export function checkInput(document: unknown, at = "PREVIEW_INPUT"): PreviewInput {
  if (Value.Check(INPUT, document)) return document;
  const faults = [...Value.Errors(INPUT, document)].map(({ path, message, schema }) => ({
    what: `${path === "" ? "the document" : path.slice(1).replaceAll("/", ".")} is not what a preview takes: ${message}`,
    instead: schema.description ?? "see cli/preview-input.schema.json",
    at,
  }));
  throw new SynthError(at, faults);
}
