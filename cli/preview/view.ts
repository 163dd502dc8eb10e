import { type Static, type TObject, Type } from "@sinclair/typebox";
import { documentSchema } from "../console/document";
import { type Metadata, STATUSES } from "./metadata";
import { RECEIPT } from "./receipt";

/** What of a preview is shown: nothing of its variables, which may be anything. */

const optional = Type.Optional;
const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const TIME = Type.String({ description: "ISO 8601 in UTC" });
const oneOf = <T extends string>(values: readonly T[]) =>
  Type.Union(values.map((value) => Type.Literal(value)));

const COST = Type.Object({ monthly: Type.Number({ minimum: 0 }), currency: TEXT, pricesOf: TEXT });

const VIEW = {
  name: NAME,
  status: oneOf(STATUSES),
  template: TEXT,
  owner: TEXT,
  repository: optional(TEXT),
  branch: optional(TEXT),
  pullRequest: optional(Type.Integer()),
  commit: optional(TEXT),
  image: optional(TEXT),
  ttl: TEXT,
  createdAt: TIME,
  updatedAt: TIME,
  expiresAt: TIME,
  warnedAt: optional(TIME),
  endpoint: optional(TEXT),
  logGroup: optional(TEXT),
  cost: optional(COST),
  failure: optional(TEXT),
  sleep: optional(Type.Object({ idle: optional(TEXT), hours: optional(TEXT), timezone: optional(TEXT) })),
  run: optional(Type.Object({ work: TEXT, startedAt: TIME, url: optional(TEXT) })),
};

const PREVIEW = Type.Object(VIEW);

/** A preview as it is shown. */
export type PreviewView = Static<typeof PREVIEW>;

/** What is shown of a preview. */
export function viewOf(metadata: Metadata): PreviewView {
  const {
    format: _,
    version: __,
    input: ___,
    outputs: ____,
    history: _____,
    ran: ______,
    run,
    ...rest
  } = metadata;
  if (!run) return rest;
  const { work, startedAt, url } = run;
  return { ...rest, run: { work, startedAt, ...(url === undefined ? {} : { url }) } };
}

const FINDINGS = Type.Array(
  Type.Object({
    name: NAME,
    action: TEXT,
    reason: TEXT,
    outcome: optional(TEXT),
    arns: optional(Type.Array(TEXT)),
  }),
);

/** What the commands print with `--json`, by the name of the schema's file. */
export const PREVIEW_FORMATS: Readonly<Record<string, TObject>> = {
  preview: documentSchema("groundplan.preview", "A preview, as a command has left it.", VIEW),
  "preview-status": documentSchema("groundplan.preview.status", "A preview, and what AWS says of it.", {
    ...VIEW,
    history: Type.Array(
      Type.Object({
        at: TIME,
        from: Type.Union([TEXT, Type.Null()]),
        to: TEXT,
        by: TEXT,
        reason: optional(TEXT),
      }),
    ),
    service: optional(Type.Object({ desired: Type.Integer(), running: Type.Integer(), verdict: TEXT })),
  }),
  "preview-list": documentSchema("groundplan.preview.list", "The previews of a platform.", {
    previews: Type.Array(PREVIEW),
    damaged: Type.Array(Type.Object({ name: NAME, why: TEXT })),
  }),
  "preview-destroy": documentSchema(
    "groundplan.preview.destroy",
    "What a destroy has left: the receipt; none of what never was, or was spared.",
    {
      name: optional(NAME),
      spared: optional(
        Type.String({
          description: "when it ends: with --if-over, when its time is not over; ISO 8601 in UTC",
        }),
      ),
      receipt: optional(RECEIPT),
    },
  ),
  "preview-gc": documentSchema("groundplan.preview.gc", "What a sweep has found, and done.", {
    looked: Type.Integer({ minimum: 0 }),
    dryRun: Type.Boolean(),
    findings: FINDINGS,
  }),
  "preview-cost": documentSchema("groundplan.preview.cost", "What previews cost.", {
    previews: Type.Array(
      Type.Object({
        name: NAME,
        owner: TEXT,
        status: TEXT,
        monthly: optional(Type.Number()),
        soFar: optional(Type.Number()),
      }),
    ),
    monthly: Type.Number(),
    currency: TEXT,
    unknown: Type.Integer({ description: "previews whose price nobody knows" }),
  }),
  "preview-doctor": documentSchema("groundplan.preview.doctor", "Whether previews can be made.", {
    ok: Type.Boolean(),
    findings: Type.Array(
      Type.Object({
        check: NAME,
        level: oneOf(["ok", "warn", "fail"]),
        found: TEXT,
        instead: optional(TEXT),
      }),
    ),
  }),
  "preview-config-get": documentSchema(
    "groundplan.preview.config.get",
    "The settings of previews, and where each is from.",
    {
      settings: Type.Array(
        Type.Object({ name: NAME, value: optional(TEXT), from: optional(TEXT), what: TEXT }),
      ),
    },
  ),
  "preview-config-check": documentSchema(
    "groundplan.preview.config.check",
    "What .idp/config.yml says, with its defaults.",
    {
      config: Type.Record(Type.String(), Type.Unknown()),
    },
  ),
  "preview-template-list": documentSchema("groundplan.preview.template.list", "The templates of previews.", {
    templates: Type.Array(Type.Object({ name: NAME, summary: TEXT, file: TEXT })),
  }),
};
