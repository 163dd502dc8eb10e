import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { nameOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { readBody } from "../input/body";
import { InputError } from "../input/file";
import { type S3State, s3State } from "../project/backend";
import type { Stack } from "../project/project";
import { stateClients } from "./clients";
import { type LockContent, releaseCommand } from "./lock-info";
import { type FoundLock, heldBy, StateLock } from "./state-lock";

/** Largest state that is read, in bytes: 500 MB. */
const LARGEST_STATE = 500_000_000;

/** One version of a state in the bucket. */
export interface StateVersion {
  readonly id: string;
  readonly modified: Date;

  /** Bytes. */
  readonly size: number;

  /** Whether it is the one that Terraform reads. */
  readonly current: boolean;
}

/** The state of one stack in S3, with its locks: the protocol of Terraform's S3 backend. It is written by Terraform alone. */
export class StateStore {
  private readonly s3: S3Client;
  private readonly stateLock: StateLock;

  private constructor(
    private readonly stack: string,
    readonly state: S3State,
  ) {
    const { s3, dynamodb } = stateClients(state);
    this.s3 = s3;
    this.stateLock = new StateLock(state, { s3, dynamodb });
  }

  /** @throws CliError when the stack keeps its state elsewhere, or its backend says what is not honoured. */
  static of(stack: Stack): StateStore {
    const state = s3State(stack);
    if (state) return new StateStore(stack.name, state);
    const [backend] = Object.keys(stack.json.terraform?.backend ?? {});
    const where = backend === undefined ? "no backend" : `the backend ${backend}`;
    if (backend === "s3") {
      throw new CliError(
        EXIT.USAGE,
        `the S3 backend of ${stack.name} names no bucket or no key`,
        `at ${stack.folder}`,
        "set both in the backend's block: what terraform init is told with -backend-config is not seen here",
      );
    }
    throw new CliError(
      EXIT.USAGE,
      `${stack.name} keeps its state in ${stack.json.terraform?.cloud ? "HCP Terraform" : where}, and not in S3`,
      `at ${stack.folder}`,
      "use Terraform's own commands: terraform state, terraform force-unlock",
    );
  }

  /** Place of the state, as Terraform names it in a lock. */
  get path(): string {
    return this.stateLock.path;
  }

  /** The locks that hold the state, damaged ones too; none when nobody holds it. */
  locks(): Promise<readonly FoundLock[]> {
    return this.stateLock.find();
  }

  /** What releases a lock of this state. */
  releaseCommand(lock: LockContent): string {
    return releaseCommand(this.stack, lock);
  }

  /** @throws CliError when a lock holds the state, with the command that releases it. */
  async refuseLocks(): Promise<void> {
    const locks = await this.locks();
    const lock = locks.find(({ damage }) => damage === undefined) ?? locks[0];
    if (lock) throw heldBy(lock, this.path, this.releaseCommand(lock));
  }

  /**
   * Releases the locks that are meant, wherever they are: those of an id, or those that are damaged.
   *
   * @returns whether one was held.
   */
  async releaseLocks(isMeant: (lock: LockContent) => boolean): Promise<boolean> {
    const meant = (await this.locks()).filter(isMeant);
    return (await Promise.all(meant.map((lock) => lock.release()))).includes(true);
  }

  /** Versions of the state, the newest first. */
  async versions(): Promise<readonly StateVersion[]> {
    const { bucket: Bucket, key: Prefix } = this.state;
    const found: StateVersion[] = [];
    let page: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (page) {
      const answer: ListObjectVersionsCommandOutput = await this.ask(
        this.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, ...page })),
      );
      for (const { Key, VersionId, LastModified, Size, IsLatest } of answer.Versions ?? []) {
        if (Key !== Prefix || VersionId === undefined || VersionId === "null") continue;
        found.push({
          id: VersionId,
          modified: LastModified ?? new Date(0),
          size: Size ?? 0,
          current: IsLatest === true,
        });
      }
      const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = answer;
      page = IsTruncated
        ? {
            ...(NextKeyMarker === undefined ? {} : { KeyMarker: NextKeyMarker }),
            ...(NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker }),
          }
        : undefined;
    }
    return found;
  }

  /** The text of the state, or of a version of it; undefined when it is not there. */
  async read(version?: string): Promise<string | undefined> {
    const { bucket: Bucket, key: Key } = this.state;
    try {
      const get = new GetObjectCommand({
        Bucket,
        Key,
        ...(version === undefined ? {} : { VersionId: version }),
      });
      const { Body } = await this.s3.send(get);
      return Body && (await readBody(Body, LARGEST_STATE)).toString();
    } catch (error) {
      if (error instanceof InputError)
        throw new CliError(EXIT.USAGE, `the state cannot be read: ${error.message}`, `at s3://${this.path}`);
      if (/NoSuchKey|NoSuchVersion|InvalidArgument|NotFound/.test(nameOf(error))) return undefined;
      throw unreachable(error);
    }
  }

  /** When the state was written last, without reading it; undefined when it is not there. */
  async modified(): Promise<Date | undefined> {
    const { bucket: Bucket, key: Key } = this.state;
    try {
      const { LastModified } = await this.s3.send(new HeadObjectCommand({ Bucket, Key }));
      return LastModified;
    } catch (error) {
      if (/NoSuchKey|NotFound/.test(nameOf(error))) return undefined;
      throw unreachable(error);
    }
  }

  private async ask<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      throw unreachable(error);
    }
  }
}
