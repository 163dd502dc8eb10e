import { type Static, Type } from "@sinclair/typebox";
import { InputError } from "../input/file";
import { parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import { isPreviewName } from "./name";

/**
 * What is known of a preview: the object `environments/<name>/metadata.json` of the state's bucket. The dashboard, the
 * workflows and the sweep read it; only {@link file://./life-cycle.ts} says what may follow on what.
 */

/** How far a preview is. `gone` is written for the moment between the last resource and the object's own end. */
export const STATUSES = ["provisioning", "active", "asleep", "destroying", "failed", "gone"] as const;

/** One of {@link STATUSES}. */
export type Status = (typeof STATUSES)[number];

const STATUS = Type.Union(STATUSES.map((status) => Type.Literal(status)));
const optional = Type.Optional;
const text = (maxLength: number) => Type.String({ maxLength });

/** A time in UTC, as `Date.toISOString` writes it. */
const TIME = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,3})?Z$" });

/** What a run does that holds a preview. */
export const WORKS = ["create", "destroy", "sleep", "wake"] as const;

/** One of {@link WORKS}. */
export type Work = (typeof WORKS)[number];

/** The run that acts on a preview: no other does until it has ended, or has said nothing for the time of a lease. */
const RUN = Type.Object({
  id: text(100),
  work: Type.Union(WORKS.map((work) => Type.Literal(work))),
  startedAt: TIME,
  /** When it said last that it goes on. */
  renewedAt: TIME,
  /** Run of a workflow. */
  url: optional(text(500)),
  /** Where it runs, for another run on the same machine to see that it has ended. */
  process: optional(Type.Object({ machine: text(64), pid: Type.Integer(), began: text(100) })),
  /** Who asked it to stop, and for what. */
  stop: optional(Type.Object({ at: TIME, by: text(200) })),
});

const CHANGE = Type.Object({
  at: TIME,
  from: Type.Union([STATUS, Type.Null()]),
  to: STATUS,
  by: text(200),
  reason: optional(text(1000)),
});

/** Changes of the status that are kept, the newest. */
export const MOST_CHANGES = 50;

/** The schema of the object. Unknown keys are let through: a later version may write them. */
export const METADATA_SCHEMA = Type.Object({
  format: Type.Literal("groundplan-preview"),
  version: Type.Literal(1),
  name: text(31),
  status: STATUS,
  template: text(100),
  owner: text(200),
  repository: optional(text(200)),
  branch: optional(text(255)),
  pullRequest: optional(Type.Integer({ minimum: 1 })),
  commit: optional(text(64)),
  image: optional(text(500)),
  ttl: text(20),
  createdAt: TIME,
  updatedAt: TIME,
  expiresAt: TIME,
  /** When the pull request was told that it ends. */
  warnedAt: optional(TIME),
  endpoint: optional(text(500)),
  logGroup: optional(text(512)),
  cost: optional(
    Type.Object({ monthly: Type.Number({ minimum: 0 }), currency: Type.Literal("USD"), pricesOf: text(40) }),
  ),
  /** When it sleeps, as its configuration says. */
  sleep: optional(
    Type.Object({ idle: optional(text(20)), hours: optional(text(20)), timezone: optional(text(64)) }),
  ),
  /** The input document of `previews/`, with which it was made. */
  input: Type.Record(Type.String(), Type.Unknown()),
  /** What the stack's output `preview` said last. */
  outputs: optional(Type.Record(Type.String(), Type.Unknown())),
  run: optional(RUN),
  /** The kind of database that was filled with its first data: it is filled once. */
  loaded: optional(text(20)),
  /** Tasks of its destroy that have run: what they need may be gone by now. */
  ran: optional(Type.Array(text(100), { maxItems: 20 })),
  failure: optional(text(4000)),
  history: Type.Array(CHANGE, { maxItems: MOST_CHANGES }),
});

/** What is known of a preview. */
export type Metadata = Static<typeof METADATA_SCHEMA>;

/** The run that holds a preview. */
export type Run = Static<typeof RUN>;

/** Largest object that is read, in bytes: 1 MB. */
export const LARGEST_METADATA = 1_000_000;

const asMetadata = schemaCheck<Metadata>(METADATA_SCHEMA);

/**
 * Reads the metadata of a preview, which anybody may have written who may write into the bucket.
 *
 * @param name - the preview of whose key it is.
 * @throws InputError that says what is wrong.
 */
export function parseMetadata(content: Uint8Array, name: string): Metadata {
  const metadata = asMetadata(parseJson(content));
  if (!isPreviewName(metadata.name) || metadata.name !== name)
    throw new InputError(`it is of the preview ${JSON.stringify(metadata.name)}`);
  return metadata;
}

/** The object's content. */
export function metadataText(metadata: Metadata): string {
  return `${JSON.stringify(metadata, null, 2)}\n`;
}
