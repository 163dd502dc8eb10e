import type { S3Client } from "@aws-sdk/client-s3";
import { awake, decide } from "./hold";
import { type Metadata, readMetadata, type Stored, writeMetadata } from "./metadata";
import { advance, type Clients, type Progress } from "./steps";

/** What the function calls. */
export interface WakeClients extends Clients {
  readonly s3: S3Client;

  /** Milliseconds since 1970. */
  readonly now: () => number;

  /** An id that nobody else has. */
  readonly newId: () => string;
}

/** Times that metadata is read and written again when another was faster. */
const ATTEMPTS = 10;

/** How a request to wake was answered. */
export type Answer =
  | ({ readonly kind: "waking" } & Progress)
  | { readonly kind: "wait" | "refuse"; readonly says: string };

/** Wakes a preview a step further, and says how far it is; undefined when there is none of that name. */
export async function wake(name: string, bucket: string, clients: WakeClients): Promise<Answer | undefined> {
  const held = await hold(name, bucket, clients);
  if (held === undefined || "kind" in held) return held;
  const progress = await advance(held, clients);
  if (progress.isAwake) await letGo(name, bucket, clients);
  return { kind: "waking", ...progress };
}

/** The metadata of a preview that this function holds, or why it does not. */
async function hold(
  name: string,
  bucket: string,
  clients: WakeClients,
): Promise<Metadata | Extract<Answer, { says: string; kind: "wait" | "refuse" }> | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const stored = await readMetadata(clients.s3, bucket, name);
    if (!stored || stored.metadata.status === "gone") return undefined;
    const decision = decide(stored.metadata, clients.newId(), clients.now());
    if (decision.kind !== "act") return { kind: decision.kind, says: decision.why };
    const { metadata, isToBeWritten } = decision;
    if (!isToBeWritten || (await writeMetadata(clients.s3, bucket, metadata, stored.etag))) return metadata;
  }
  return { kind: "wait", says: "others write about it at the same time" };
}

/** Writes that a preview is awake, unless another run has said what it is. */
async function letGo(name: string, bucket: string, clients: WakeClients): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const stored: Stored | undefined = await readMetadata(clients.s3, bucket, name);
    const next = stored && awake(stored.metadata, clients.now());
    if (!stored || !next || (await writeMetadata(clients.s3, bucket, next, stored.etag))) return;
  }
  throw new Error(
    `preview ${name} is awake, and its metadata was written by others ${ATTEMPTS} times meanwhile`,
  );
}
