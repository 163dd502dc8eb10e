import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { unlessRefused } from "../aws/condition";
import { nameOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { readBody } from "../input/body";
import { InputError } from "../input/file";
import { parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import { LARGEST_METADATA, type Metadata, metadataText, parseMetadata } from "./metadata";
import { checkPreviewName, isPreviewName } from "./name";
import { RECEIPT, type Receipt } from "./receipt";

/** Where the previews of a platform are kept. */
export interface PreviewBucket {
  readonly bucket: string;
  readonly region: string;
}

/** What lies beside the state of a preview. */
export type PreviewObject = "metadata.json" | "outputs.json" | "receipt.json" | "seed" | "terraform.tfstate";

/** Metadata as it is stored; `damaged` says why it cannot be read. */
export type Stored =
  | { readonly name: string; readonly etag: string; readonly metadata: Metadata }
  | { readonly name: string; readonly etag: string; readonly damaged: string };

const asReceipt = schemaCheck<Receipt>(RECEIPT);

/** Times that an object is read and written again when another run was faster. */
const ATTEMPTS = 20;

/** Seconds for which a dump can be read by its address. */
const LENT = 3600;

/** Objects that are read at the same time in a list. */
const AT_ONCE = 16;

/** The previews of a platform in its state's bucket. Everything is written on a condition, so no run undoes another's word. */
export class PreviewStore {
  private readonly s3: S3Client;

  constructor(readonly place: PreviewBucket) {
    const endpoint = process.env.AWS_ENDPOINT_URL;
    this.s3 = new S3Client({ region: place.region, ...(endpoint ? { forcePathStyle: true } : {}) });
  }

  /** Key of what belongs to a preview. @throws CliError for what is no name of one. */
  key(name: string, object: PreviewObject): string {
    return `environments/${checkPreviewName(name)}/${object}`;
  }

  /** What is known of a preview; undefined when there is none. @throws CliError when it cannot be read. */
  async find(name: string): Promise<Metadata | undefined> {
    const stored = await this.stored(name);
    if (stored === undefined) return undefined;
    if ("damaged" in stored) throw this.damaged(stored);
    return stored.metadata;
  }

  /** The same of one that has to be there. */
  async get(name: string): Promise<Metadata> {
    const metadata = await this.find(name);
    if (metadata && metadata.status !== "gone") return metadata;
    throw new CliError(
      EXIT.USAGE,
      `there is no preview ${name}`,
      `at s3://${this.place.bucket}`,
      "see which there are: npx groundplan preview list",
    );
  }

  /** Names of all previews of which anything lies in the bucket. */
  async names(): Promise<readonly string[]> {
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await this.ask(
        this.s3.send(
          new ListObjectsV2Command({
            Bucket: this.place.bucket,
            Prefix: "environments/",
            Delimiter: "/",
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        ),
      );
      // The stacks of the platform have their states below the same prefix: they have no metadata.
      for (const { Prefix = "" } of page.CommonPrefixes ?? []) {
        const name = Prefix.split("/")[1] ?? "";
        if (isPreviewName(name)) found.push(name);
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    return found;
  }

  /** The metadata of all previews: one call for each, and one for a thousand names. */
  async all(): Promise<readonly Stored[]> {
    const names = await this.names();
    const found: Stored[] = [];
    const next = names[Symbol.iterator]();
    const read = async () => {
      for (const name of next) {
        const stored = await this.stored(name);
        if (stored) found.push(stored);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, read));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Changes what is known of a preview. The write is conditional on what was read; when another was faster, it is
   * decided anew.
   *
   * @param change - what is to be stored, of what is; the same when there is nothing to write.
   * @param known - what a list has read a moment ago: while it is that still, it is not read again.
   */
  async change(
    name: string,
    change: (metadata: Metadata | undefined) => Metadata,
    known?: Stored,
  ): Promise<Metadata> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const stored = attempt === 1 && known ? known : await this.stored(name);
      if (stored && "damaged" in stored) throw this.damaged(stored);
      const next = change(stored?.metadata);
      if (next === stored?.metadata) return next;
      if (await this.put(name, next, stored?.etag)) return next;
      // An answer that got lost made the client write again, against its own first write.
      const now = await this.stored(name);
      if (now && "metadata" in now && metadataText(now.metadata) === metadataText(next)) return next;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * attempt));
    }
    throw new CliError(
      EXIT.HELD,
      `preview ${name} was written by others ${ATTEMPTS} times while this run tried to`,
      "run it again",
    );
  }

  /**
   * Removes the metadata of a preview that is gone, unless it was made anew meanwhile.
   *
   * @param known - as for {@link change}.
   */
  async remove(name: string, known?: Stored): Promise<void> {
    const stored = known ?? (await this.stored(name));
    if (!stored || "damaged" in stored || stored.metadata.status !== "gone") return;
    const Key = this.key(name, "metadata.json");
    await this.ask(
      unlessRefused(
        this.s3.send(new DeleteObjectCommand({ Bucket: this.place.bucket, Key, IfMatch: stored.etag })),
      ),
    );
  }

  /** Writes what others read of a preview: its outputs, its receipt. */
  async write(name: string, object: "outputs.json" | "receipt.json", value: unknown): Promise<void> {
    const Body = `${JSON.stringify(value, null, 2)}\n`;
    const put = new PutObjectCommand({
      Bucket: this.place.bucket,
      Key: this.key(name, object),
      Body,
      ContentType: "application/json",
    });
    await this.ask(this.s3.send(put));
  }

  /**
   * Puts a dump beside the state, and gives an address at which it can be read for an hour without a credential: the task
   * that loads it has none for the bucket.
   */
  async lend(name: string, seed: Buffer): Promise<string> {
    const place = { Bucket: this.place.bucket, Key: this.key(name, "seed") };
    await this.ask(this.s3.send(new PutObjectCommand({ ...place, Body: seed })));
    return this.ask(getSignedUrl(this.s3, new GetObjectCommand(place), { expiresIn: LENT }));
  }

  /** Deletes what lies beside the metadata. What is not there is deleted already. */
  async delete(name: string, object: "outputs.json" | "seed" | "terraform.tfstate"): Promise<void> {
    await this.ask(
      this.s3.send(new DeleteObjectCommand({ Bucket: this.place.bucket, Key: this.key(name, object) })),
    );
  }

  /** The receipt of the last destroy of a preview; undefined where there is none that can be read. */
  async receipt(name: string): Promise<Receipt | undefined> {
    const found = await this.object(this.key(name, "receipt.json"));
    if (!found || typeof found.body === "string") return undefined;
    try {
      return asReceipt(parseJson(found.body));
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  }

  /** Metadata with its ETag; undefined when there is none. */
  async stored(name: string): Promise<Stored | undefined> {
    const found = await this.object(this.key(name, "metadata.json"));
    if (!found) return undefined;
    const { body, etag } = found;
    if (typeof body === "string") return { name, etag, damaged: body };
    try {
      return { name, etag, metadata: parseMetadata(body, name) };
    } catch (error) {
      if (error instanceof InputError) return { name, etag, damaged: error.message };
      throw error;
    }
  }

  /** An object with its ETag; a text says why it was not read. */
  private async object(
    Key: string,
  ): Promise<{ readonly body: Buffer | string; readonly etag: string } | undefined> {
    let etag = "";
    try {
      const { Body, ETag } = await this.s3.send(new GetObjectCommand({ Bucket: this.place.bucket, Key }));
      etag = ETag ?? "";
      return { body: await readBody(Body, LARGEST_METADATA), etag };
    } catch (error) {
      if (nameOf(error) === "NoSuchKey") return undefined;
      if (error instanceof InputError) return { body: error.message, etag };
      throw this.explained(error);
    }
  }

  /** @param etag - of what was read; undefined when there was nothing. @returns whether it was written. */
  private put(name: string, metadata: Metadata, etag: string | undefined): Promise<boolean> {
    const put = new PutObjectCommand({
      Bucket: this.place.bucket,
      Key: this.key(name, "metadata.json"),
      Body: metadataText(metadata),
      ContentType: "application/json",
      ...(etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag }),
    });
    return this.ask(unlessRefused(this.s3.send(put)));
  }

  private damaged({ name, damaged }: { readonly name: string; readonly damaged: string }): CliError {
    return new CliError(
      EXIT.FAILED,
      `what is known of preview ${name} cannot be read: ${damaged}`,
      `at s3://${this.place.bucket}/${this.key(name, "metadata.json")}`,
      "restore an older version of the object",
    );
  }

  private async ask<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      throw this.explained(error);
    }
  }

  private explained(error: unknown): CliError {
    if (nameOf(error) !== "NoSuchBucket") return unreachable(error);
    return new CliError(
      EXIT.MISSING,
      `there is no bucket ${this.place.bucket}`,
      `in ${this.place.region}`,
      "make it: npx groundplan bootstrap; or name another: npx groundplan preview config set bucket <name>",
    );
  }
}
