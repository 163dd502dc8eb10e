import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { nameOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { readBody } from "../input/body";
import { InputError } from "../input/file";
import type { S3State } from "../project/backend";
import { type StateClients, stateClients } from "./clients";
import { holderOf, LARGEST_LOCK, type LockContent, parseLockInfo } from "./lock-info";

/** A lock as it was found in one place. */
export type FoundLock = LockContent & {
  /** Where it is, for people. */
  readonly at: string;

  /** Deletes this lock, and no other that has taken its place. @returns whether it was there still. */
  release(): Promise<boolean>;
};

/** The lock of one state, in the table, in the bucket, or in both: the protocol of Terraform's S3 backend. */
export class StateLock {
  private readonly s3: S3Client;
  private readonly dynamodb: DynamoDBClient;

  constructor(
    private readonly state: S3State,
    { s3, dynamodb }: Pick<StateClients, "s3" | "dynamodb"> = stateClients(state),
  ) {
    this.s3 = s3;
    this.dynamodb = dynamodb;
  }

  /** Place of the state, as Terraform names it in a lock. */
  get path(): string {
    return `${this.state.bucket}/${this.state.key}`;
  }

  /**
   * The locks that hold the state, damaged ones too; the one of the table first.
   *
   * @throws CliError when the table or the bucket is not there.
   */
  async find(): Promise<readonly FoundLock[]> {
    const found = await Promise.all([this.inTable(), this.inBucket()]);
    return found.filter((lock) => lock !== undefined);
  }

  /** As {@link find}, before there is a table or a bucket: what is not there holds nothing. */
  async findIfThere(): Promise<readonly FoundLock[]> {
    const found = await Promise.all(
      [this.inTable(), this.inBucket()].map((one) =>
        one.catch((error: unknown) => {
          if (error instanceof MissingPlace) return undefined;
          throw error;
        }),
      ),
    );
    return found.filter((lock) => lock !== undefined);
  }

  private async inTable(): Promise<FoundLock | undefined> {
    const { table } = this.state;
    if (table === undefined) return undefined;
    const Key = { LockID: { S: this.path } };
    const get = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
    const { Item } = await this.dynamodb.send(get).catch((error: unknown) => {
      if (nameOf(error) === "ResourceNotFoundException") throw this.missing(`lock table ${table}`);
      throw unreachable(error);
    });
    // An item without Info is a lock: Terraform asks whether the item is there.
    if (!Item) return undefined;
    const { Info } = Item;
    return {
      ...parseLockInfo(Info?.S),
      at: `item ${this.path} of table ${table}`,
      release: () => this.deleteItem(table, Info),
    };
  }

  private async inBucket(): Promise<FoundLock | undefined> {
    if (!this.state.lockFile) return undefined;
    const { bucket: Bucket } = this.state;
    const at = `s3://${Bucket}/${this.fileKey}`;
    try {
      const { Body, ETag } = await this.s3.send(new GetObjectCommand({ Bucket, Key: this.fileKey }));
      const release = () => this.deleteFile(ETag);
      try {
        return { ...parseLockInfo(await readBody(Body, LARGEST_LOCK)), at, release };
      } catch (error) {
        if (error instanceof InputError) return { damage: error.message, at, release };
        throw error;
      }
    } catch (error) {
      if (nameOf(error) === "NoSuchBucket") throw this.missing(`bucket ${Bucket}`);
      if (/NoSuchKey|NotFound/.test(nameOf(error))) return undefined;
      throw unreachable(error);
    }
  }

  private async deleteItem(TableName: string, info: AttributeValue | undefined): Promise<boolean> {
    const Key = { LockID: { S: this.path } };
    const condition = info
      ? { ConditionExpression: "Info = :info", ExpressionAttributeValues: { ":info": info } }
      : { ConditionExpression: "attribute_exists(LockID) AND attribute_not_exists(Info)" };
    return ifStillThere(this.dynamodb.send(new DeleteItemCommand({ TableName, Key, ...condition })));
  }

  /** @param etag - the only content that is deleted. @default - any */
  private async deleteFile(etag?: string): Promise<boolean> {
    const place = { Bucket: this.state.bucket, Key: this.fileKey };
    const condition = etag === undefined ? {} : { IfMatch: etag };
    return ifStillThere(this.s3.send(new DeleteObjectCommand({ ...place, ...condition })));
  }

  private get fileKey(): string {
    return `${this.state.key}.tflock`;
  }

  private missing(what: string): CliError {
    return new MissingPlace(
      EXIT.MISSING,
      `there is no ${what} in this account and Region`,
      `at s3://${this.path}`,
      "use the credentials of its account, e.g. with AWS_PROFILE; how to make it: npx groundplan doctor",
    );
  }
}

/** Not there, or not for these credentials: who holds the state is not known then. */
class MissingPlace extends CliError {}

/** The error of a state that a lock holds. */
export function heldBy(lock: LockContent, at: string, release: string): CliError {
  const [what, instead] =
    lock.damage === undefined
      ? [
          `the state is locked by ${holderOf(lock.info)}`,
          "wait until that run has ended; if it has died, release its lock:",
        ]
      : [
          `the state is locked, and its lock is damaged: ${lock.damage}`,
          "Terraform refuses the state until it is released; when no run is under way:",
        ];
  return new CliError(EXIT.HELD, what, `at ${at}`, instead, release);
}

/** Whether a conditional deletion was carried out; false when something else is there now, or nothing. */
async function ifStillThere(deletion: Promise<unknown>): Promise<boolean> {
  try {
    await deletion;
    return true;
  } catch (error) {
    if (isConditionRefused(error) || /NoSuchKey|NotFound/.test(nameOf(error))) return false;
    throw unreachable(error);
  }
}

function isConditionRefused(error: unknown): boolean {
  return /ConditionalCheckFailedException|PreconditionFailed|ConditionalRequestConflict/.test(nameOf(error));
}
