import { createHash } from "node:crypto";
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { nameOf, unreachable } from "../bootstrap/aws";
import { stateClients } from "../bootstrap/state-clients";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { type S3State, s3State } from "../project/backend";
import type { Stack } from "../project/project";

/** What a writer notes in its lock, as Terraform does. */
export interface LockInfo {
  readonly ID: string;
  readonly Operation: string;
  readonly Info: string;
  readonly Who: string;
  readonly Version: string;
  readonly Created: string;
  readonly Path: string;
}

/** One version of a state in the bucket. */
export interface StateVersion {
  readonly id: string;
  readonly modified: Date;

  /** Bytes. */
  readonly size: number;

  /** Whether it is the one that Terraform reads. */
  readonly current: boolean;
}

/** The state of one stack in S3, with its locks: the protocol of Terraform's S3 backend. */
export class StateStore {
  private readonly s3: S3Client;
  private readonly dynamodb: DynamoDBClient;

  private constructor(
    readonly state: S3State,
    private readonly settings: Readonly<Record<string, unknown>>,
  ) {
    const { s3, dynamodb } = stateClients(state);
    this.s3 = s3;
    this.dynamodb = dynamodb;
  }

  /** @throws CliError when the stack keeps its state elsewhere, or its backend says what is not honoured. */
  static of(stack: Stack): StateStore {
    const state = s3State(stack);
    if (state) return new StateStore(state, stack.json.terraform?.backend?.s3 ?? {});
    const [backend] = Object.keys(stack.json.terraform?.backend ?? {});
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
      `${stack.name} keeps its state in ${backend === undefined ? "no backend" : `the backend ${backend}`}, and not in S3`,
      `at ${stack.folder}`,
      "use Terraform's own commands: terraform state, terraform force-unlock",
    );
  }

  /** Place of the state, as Terraform names it in a lock. */
  get path(): string {
    return `${this.state.bucket}/${this.state.key}`;
  }

  /** Who holds the state; undefined when nobody does. */
  async lock(): Promise<LockInfo | undefined> {
    const text = (await this.item(this.path))?.Info?.S ?? (await this.lockFile());
    return text === undefined ? undefined : (JSON.parse(text) as LockInfo);
  }

  /**
   * Takes the lock, in every place where the stack's backend takes it.
   *
   * @throws CliError when somebody holds it.
   */
  async takeLock(info: LockInfo): Promise<void> {
    const text = JSON.stringify(info);
    const { bucket: Bucket, key, table, lockFile } = this.state;
    let filed = false;
    try {
      if (lockFile) {
        await this.s3.send(
          new PutObjectCommand({
            Bucket,
            Key: `${key}.tflock`,
            Body: text,
            IfNoneMatch: "*",
            ...this.encryption(),
          }),
        );
        filed = true;
      }
      if (table !== undefined) await this.putLockItem(table, text);
    } catch (error) {
      const held = isHeld(error);
      // Whatever kept the table from taking it: half a lock is nobody's.
      if (filed) await this.deleteLockFile();
      if (!held) throw unreachable(error);
      const holder = await this.lock();
      throw new CliError(
        EXIT.HELD,
        `the state is locked by ${holder?.Who || "somebody"} since ${holder?.Created ?? "an unknown time"} (${holder?.Operation ?? "an operation"})`,
        `at ${this.path}`,
        "wait until that run has ended; if it has died, release its lock with groundplan state unlock",
      );
    }
  }

  /**
   * Releases a lock by its id, wherever it is held.
   *
   * @returns whether it was held.
   */
  async releaseLock(id: string): Promise<boolean> {
    const { table } = this.state;
    const file = await this.lockFile();
    const info = table === undefined ? undefined : (await this.item(this.path))?.Info?.S;
    const mine = (text: string | undefined) =>
      text !== undefined && (JSON.parse(text) as Partial<LockInfo>).ID === id;
    if (mine(info)) {
      await this.dynamodb
        .send(
          new DeleteItemCommand({
            TableName: table,
            Key: { LockID: { S: this.path } },
            ConditionExpression: "Info = :info",
            ExpressionAttributeValues: { ":info": { S: info ?? "" } },
          }),
        )
        .catch((error: unknown) => {
          throw unreachable(error);
        });
    }
    if (mine(file)) await this.deleteLockFile();
    return mine(info) || mine(file);
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
      return await (await this.s3.send(get)).Body?.transformToString();
    } catch (error) {
      if (/NoSuchKey|NoSuchVersion|InvalidArgument|NotFound/.test(nameOf(error))) return undefined;
      throw unreachable(error);
    }
  }

  /** Writes the state and its checksum, which Terraform compares in the lock table. The lock has to be held. */
  async write(text: string): Promise<void> {
    const { bucket: Bucket, key: Key, table } = this.state;
    const put = new PutObjectCommand({
      Bucket,
      Key,
      Body: text,
      ContentType: "application/json",
      ...this.encryption(),
    });
    await this.ask(this.s3.send(put));
    if (table === undefined) return;
    const Digest = createHash("md5").update(text).digest("hex");
    const Item = { LockID: { S: `${this.path}-md5` }, Digest: { S: Digest } };
    await this.ask(this.dynamodb.send(new PutItemCommand({ TableName: table, Item })));
  }

  /** As the stack's backend encrypts. */
  private encryption(): { ServerSideEncryption?: "aws:kms" | "AES256"; SSEKMSKeyId?: string } {
    const { kms_key_id: key, encrypt } = this.settings;
    if (typeof key === "string" && key !== "") return { ServerSideEncryption: "aws:kms", SSEKMSKeyId: key };
    return encrypt === true ? { ServerSideEncryption: "AES256" } : {};
  }

  private async putLockItem(TableName: string, text: string): Promise<void> {
    const Item = { LockID: { S: this.path }, Info: { S: text } };
    const ConditionExpression = "attribute_not_exists(LockID)";
    await this.dynamodb.send(new PutItemCommand({ TableName, Item, ConditionExpression }));
  }

  private async item(LockID: string): Promise<Record<string, { S?: string }> | undefined> {
    if (this.state.table === undefined) return undefined;
    try {
      const Key = { LockID: { S: LockID } };
      const get = new GetItemCommand({ TableName: this.state.table, Key, ConsistentRead: true });
      return (await this.dynamodb.send(get)).Item as Record<string, { S?: string }> | undefined;
    } catch (error) {
      if (nameOf(error) === "ResourceNotFoundException") throw this.missing(`lock table ${this.state.table}`);
      throw unreachable(error);
    }
  }

  private async lockFile(): Promise<string | undefined> {
    if (!this.state.lockFile) return undefined;
    const { bucket: Bucket, key } = this.state;
    try {
      const get = new GetObjectCommand({ Bucket, Key: `${key}.tflock` });
      return await (await this.s3.send(get)).Body?.transformToString();
    } catch (error) {
      if (nameOf(error) === "NoSuchBucket") throw this.missing(`bucket ${Bucket}`);
      if (/NoSuchKey|NotFound/.test(nameOf(error))) return undefined;
      throw unreachable(error);
    }
  }

  private async deleteLockFile(): Promise<void> {
    const { bucket: Bucket, key } = this.state;
    await this.ask(this.s3.send(new DeleteObjectCommand({ Bucket, Key: `${key}.tflock` })));
  }

  /** Not there, or not for these credentials: who holds the state is not known then. */
  private missing(what: string): CliError {
    return new CliError(
      EXIT.MISSING,
      `there is no ${what} in the account and the Region that were asked`,
      `at s3://${this.path}`,
      "ask with the credentials of its account, e.g. with AWS_PROFILE, or make it: npx groundplan bootstrap",
    );
  }

  private async ask<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      throw unreachable(error);
    }
  }
}

function isHeld(error: unknown): boolean {
  return /ConditionalCheckFailedException|PreconditionFailed|ConditionalRequestConflict/.test(nameOf(error));
}
