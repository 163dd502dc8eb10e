import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { unlessRefused } from "../aws/condition";
import { nameOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT, type ExitCode } from "../console/exit-codes";
import { page } from "../console/pages";
import { readBody } from "../input/body";
import { InputError } from "../input/file";
import type { ArtifactContent } from "./built";
import {
  type Artifact,
  type ArtifactIndex,
  artifactKey,
  damagedIndex,
  indexKey,
  parseIndex,
  withArtifact,
} from "./index-object";
import { isRemoved } from "./removal";

/** Where artifacts are kept. */
export interface ArtifactLocation {
  readonly bucket: string;
  readonly region: string;
}

/** Why the bucket cannot be used: it is closed to these credentials, it is not there, or there is nothing in it. */
export type RefusalReason = "closed" | "missing" | "empty";

/** A bucket that cannot be used as it is. */
export class BucketRefusal extends CliError {
  /** @param where - the bucket. */
  constructor(
    readonly reason: RefusalReason,
    readonly where: string,
    exitCode: ExitCode,
    ...lines: readonly string[]
  ) {
    super(exitCode, ...lines);
  }
}

/** What is found of an object, at a version or at the newest. */
interface Found {
  readonly versionId: string;
  readonly etag: string;
  readonly checksum: string | undefined;
}

/** Largest index that is read, in bytes. */
const LARGEST_INDEX = 20_000_000;

/** Largest index that a publication makes, in bytes: a prune writes more into it before it is smaller. */
const FULL_INDEX = 5_000_000;

/** Times that an index is read and written again when another run was faster. */
const ATTEMPTS = 50;

/** The artifacts in the bucket, and the index of each service. */
export class ArtifactStore {
  private readonly s3: S3Client;

  constructor(readonly location: ArtifactLocation) {
    const endpoint = process.env.AWS_ENDPOINT_URL;
    this.s3 = new S3Client({ region: location.region, ...(endpoint ? { forcePathStyle: true } : {}) });
  }

  /** What was published of a service; empty when nothing was. */
  async index(service: string): Promise<ArtifactIndex> {
    return (await this.readIndex(service)).index;
  }

  /** Whether an artifact's object is there, at its version and with its content. */
  async has({
    key,
    versionId,
    sourceCodeHash,
  }: Pick<Artifact, "key" | "versionId" | "sourceCodeHash">): Promise<boolean> {
    const found = await this.find(key, versionId);
    return found?.checksum === sourceCodeHash;
  }

  /**
   * Whether an artifact may be pinned: its object is there, and nobody is about to remove it. Asked after a pin was
   * written, it is true only if whoever removes artifacts then sees that pin: he takes it out of the index first, and
   * reads the pins after it.
   */
  async isKept(
    service: string,
    artifact: Pick<Artifact, "key" | "versionId" | "sourceCodeHash">,
  ): Promise<boolean> {
    return (await this.has(artifact)) && !isRemoved(await this.index(service), artifact.versionId);
  }

  /** Deletes an artifact's object: that version, and no other of its key. @throws CliError where the bucket forbids it. */
  async remove({ key: Key, versionId: VersionId }: Pick<Artifact, "key" | "versionId">): Promise<void> {
    try {
      await this.s3.send(new DeleteObjectCommand({ Bucket: this.location.bucket, Key, VersionId }));
    } catch (error) {
      if (!isDenied(error)) throw this.explained(error);
      throw new CliError(
        EXIT.FAILED,
        `these credentials may not delete artifacts (${nameOf(error)})`,
        `at s3://${this.location.bucket}/${Key}`,
        "the bucket's policy names the roles that may: artifactPruners of platform.ts, and GitHub's that publishes",
      );
    }
  }

  /**
   * Uploads a zip and returns the version of its object; when the same bytes are there already, theirs.
   *
   * @param removed - whether a version is about to be removed: then the same bytes make another.
   * @throws CliError when S3 did not get what was sent.
   */
  async upload(
    service: string,
    { bytes, sha256, sourceCodeHash }: ArtifactContent,
    removed: (versionId: string) => boolean = () => false,
  ): Promise<string> {
    const Key = artifactKey(service, sha256);
    const put = (condition: { IfNoneMatch: string } | { IfMatch: string }) =>
      this.s3.send(
        new PutObjectCommand({
          Bucket: this.location.bucket,
          Key,
          Body: bytes,
          ContentType: "application/zip",
          ChecksumSHA256: sourceCodeHash,
          ...condition,
        }),
      );
    let found: Found | undefined;
    const isGood = () => found?.checksum === sourceCodeHash && !removed(found.versionId);
    // A version that is removed may go between two of these requests.
    for (let attempt = 1; attempt <= 3 && !isGood(); attempt += 1) {
      await this.answered(unlessRefused(put({ IfNoneMatch: "*" })));
      found = await this.find(Key);
      if (!found || isGood()) continue;
      // Something else lies where only this content may: it is put right, and the wrong one stays as an old version.
      await this.answered(unlessRefused(put({ IfMatch: found.etag })));
      found = await this.find(Key);
    }
    if (found && isGood()) return found.versionId;
    throw new CliError(
      EXIT.FAILED,
      `the upload of ${service} ${sha256.slice(0, 12)} did not arrive whole: S3 has ${found?.checksum ?? "nothing"} for ${sourceCodeHash}`,
      `at s3://${this.location.bucket}/${Key}`,
      "run it again; nothing refers to what is there",
    );
  }

  /**
   * Adds a publication to its service's index.
   *
   * @returns undefined when its version of the object is being removed: then it was not added.
   */
  async add(service: string, artifact: Artifact): Promise<ArtifactIndex | undefined> {
    let isLost = false;
    const next = await this.change(service, (index) => {
      isLost = isRemoved(index, artifact.versionId);
      const next = isLost ? index : withArtifact(index, artifact);
      if (next !== index && textOf(next).length > FULL_INDEX) throw this.full(service);
      return next;
    });
    return isLost ? undefined : next;
  }

  /**
   * Changes the index of a service. The write is conditional on what was read, so of two that write at once the
   * second reads again, and nothing is lost.
   *
   * @param change - gives the next index; the same when there is nothing to write.
   */
  async change(service: string, change: (index: ArtifactIndex) => ArtifactIndex): Promise<ArtifactIndex> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { index, etag } = await this.readIndex(service);
      const next = change(index);
      if (next === index) return index;
      const put = new PutObjectCommand({
        Bucket: this.location.bucket,
        Key: indexKey(service),
        Body: textOf(next),
        ContentType: "application/json",
        ...(etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag }),
      });
      if (await this.answered(unlessRefused(this.s3.send(put)))) return next;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
    }
    throw new CliError(
      EXIT.HELD,
      `the index of ${service} was written by others ${ATTEMPTS} times while this run tried to`,
      `at s3://${this.location.bucket}/${indexKey(service)}`,
      "run it again",
    );
  }

  private full(service: string): CliError {
    return new CliError(
      EXIT.FAILED,
      `the index of ${service} would have more than ${FULL_INDEX} bytes`,
      `at s3://${this.location.bucket}/${indexKey(service)}`,
      "remove what is not needed: npx groundplan artifact prune",
    );
  }

  private async readIndex(service: string): Promise<{ index: ArtifactIndex; etag: string | undefined }> {
    const Key = indexKey(service);
    const where = `s3://${this.location.bucket}/${Key}`;
    try {
      const { Body, ETag } = await this.s3.send(new GetObjectCommand({ Bucket: this.location.bucket, Key }));
      const index = parseIndex(await readBody(Body, LARGEST_INDEX), where);
      if (index.service !== service) throw damagedIndex(`it is of service ${index.service}`, where);
      return { index, etag: ETag };
    } catch (error) {
      if (nameOf(error) === "NoSuchKey")
        return { index: { format: 1, service, artifacts: [] }, etag: undefined };
      if (error instanceof InputError) throw damagedIndex(error.message, where);
      throw this.explained(error);
    }
  }

  private async find(Key: string, VersionId?: string): Promise<Found | undefined> {
    const head = new HeadObjectCommand({
      Bucket: this.location.bucket,
      Key,
      ChecksumMode: "ENABLED",
      ...(VersionId === undefined ? {} : { VersionId }),
    });
    try {
      const { VersionId: versionId, ETag, ChecksumSHA256 } = await this.s3.send(head);
      if (versionId === undefined || versionId === "null") throw this.unversioned();
      return { versionId, etag: ETag ?? "", checksum: ChecksumSHA256 };
    } catch (error) {
      // 405 is S3's answer for a delete marker that is asked for by its version, 400 for a version that cannot be one.
      const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
      if (status === 404 || status === 405 || (status === 400 && VersionId !== undefined)) return undefined;
      throw this.explained(error);
    }
  }

  private unversioned(): CliError {
    return new CliError(
      EXIT.FAILED,
      "the artifact bucket keeps no versions, so nothing can be pinned to one",
      `at s3://${this.location.bucket}`,
      "turn versioning on: deploy the stack that makes it",
    );
  }

  private async answered<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      throw this.explained(error);
    }
  }

  private explained(error: unknown): CliError {
    const name = nameOf(error);
    const where = `s3://${this.location.bucket}`;
    if (name === "NoSuchBucket" || name === "NotFound") {
      return new BucketRefusal(
        "missing",
        where,
        EXIT.MISSING,
        `there is no bucket ${this.location.bucket}`,
        `in ${this.location.region}`,
        "make it: npx groundplan bootstrap, or deploy the stack that makes it",
      );
    }
    if (isDenied(error)) {
      return new BucketRefusal(
        "closed",
        where,
        EXIT.FAILED,
        `these credentials may not use the artifact bucket (${name})`,
        `at ${where}`,
        "sign in to an account of the platform, e.g. with AWS_PROFILE",
        `a new account of the platform is let in when the stack that makes the bucket is deployed again: ${page("state")}`,
      );
    }
    if (name === "BadDigest" || name === "XAmzContentSHA256Mismatch") {
      return new CliError(
        EXIT.FAILED,
        `S3 refused an upload whose content changed on the way (${name})`,
        `at s3://${this.location.bucket}`,
        "run it again; nothing was written",
      );
    }
    return unreachable(error);
  }
}

function textOf(index: ArtifactIndex): string {
  return `${JSON.stringify(index, null, 2)}\n`;
}

function isDenied(error: unknown): boolean {
  return ["AccessDenied", "Forbidden", "403"].includes(nameOf(error));
}
