import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";

/**
 * What this function reads and writes of a preview's metadata; every other key stays as it is. `cli/preview/metadata.ts`
 * has the whole, and `cli/preview/life-cycle.ts` the rules that hold for the writes here too.
 */
export interface Metadata {
  readonly name: string;
  readonly status: string;
  readonly expiresAt: string;
  readonly updatedAt: string;
  readonly input: { readonly config?: { readonly desired_count?: unknown } };
  readonly outputs?: Outputs;
  readonly run?: Run;
  readonly history: readonly unknown[];
}

/** The run that holds a preview. */
export interface Run {
  readonly id: string;
  readonly work: string;
  readonly startedAt: string;
  readonly renewedAt: string;
}

/** What the preview's stack said of what it made. */
export interface Outputs {
  readonly cluster: string;
  readonly service: string;
  readonly listener_rule: string;
  readonly target_group: string;
  readonly wake_target_group: string;
  readonly database?: { readonly instance?: string };
}

/** Metadata as it is stored. */
export interface Stored {
  readonly metadata: Metadata;
  readonly etag: string;
}

/** The metadata of a preview; undefined when there is none. @throws Error when it is damaged. */
export async function readMetadata(s3: S3Client, bucket: string, name: string): Promise<Stored | undefined> {
  const Key = keyOf(name);
  try {
    const { Body, ETag = "" } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return { metadata: parsed((await Body?.transformToString()) ?? "", name), etag: ETag };
  } catch (error) {
    if ((error as { name?: unknown }).name === "NoSuchKey") return undefined;
    throw error;
  }
}

/** Writes metadata, if nobody has since it was read. @returns whether it is written. */
export async function writeMetadata(
  s3: S3Client,
  bucket: string,
  metadata: Metadata,
  etag: string,
): Promise<boolean> {
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(metadata.name),
        Body: `${JSON.stringify(metadata, null, 2)}\n`,
        ContentType: "application/json",
        IfMatch: etag,
      }),
    );
    return true;
  } catch (error) {
    const { name } = error as { readonly name?: unknown };
    if (name === "PreconditionFailed" || name === "ConditionalRequestConflict" || name === "NoSuchKey")
      return false;
    throw error;
  }
}

function keyOf(name: string): string {
  return `environments/${name}/metadata.json`;
}

function parsed(text: string, name: string): Metadata {
  let value: Partial<Metadata> | null = null;
  try {
    value = JSON.parse(text) as Partial<Metadata> | null;
  } catch {
    // Said below; what it holds is not repeated.
  }
  const isWhole =
    value?.name === name &&
    typeof value.status === "string" &&
    typeof value.expiresAt === "string" &&
    typeof value.input === "object" &&
    value.input !== null &&
    Array.isArray(value.history);
  if (!isWhole) throw new Error(`the metadata of preview ${name} is damaged`);
  return value as Metadata;
}
