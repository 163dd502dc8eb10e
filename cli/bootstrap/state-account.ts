import {
  type AttributeValue,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  GetBucketVersioningCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { nameOf, statusOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { S3State } from "../project/backend";
import type { Stack } from "../project/project";
import { stateClients } from "../state/clients";
import { existingSettings, type Import, type StackBucket } from "./existing";

/** Whether something is there, and whose it is. */
export type Presence = "absent" | "ours" | "foreign";

/** The answers of AWS that a bootstrap goes by. */
export class StateAccount {
  private readonly s3: S3Client;
  private readonly dynamodb: DynamoDBClient;

  /** Account of the credentials with which the state is asked for. @throws CliError without credentials. */
  readonly account: () => Promise<string>;

  constructor(private readonly state: S3State) {
    const { s3, dynamodb, account } = stateClients(state);
    this.s3 = s3;
    this.dynamodb = dynamodb;
    this.account = () =>
      account().catch((error: unknown) => {
        throw unreachable(error);
      });
  }

  /**
   * A bucket: ours, another account's, or absent. A bucket name is one for all of AWS.
   *
   * @param Bucket - its name; by default that of the state.
   */
  async bucket(account: string, Bucket: string = this.state.bucket): Promise<Presence> {
    const ours = new HeadBucketCommand({ Bucket, ExpectedBucketOwner: account });
    return this.presence(this.s3.send(ours));
  }

  /** Whether old versions of the state are kept. */
  async versioned(): Promise<boolean> {
    const { Status } = await this.s3.send(new GetBucketVersioningCommand({ Bucket: this.state.bucket }));
    return Status === "Enabled";
  }

  /** The lock table: `ours`, `absent`, or `foreign` when it is there for something else. */
  async table(): Promise<Presence> {
    if (this.state.table === undefined) return "absent";
    try {
      const { Table } = await this.dynamodb.send(new DescribeTableCommand({ TableName: this.state.table }));
      const key = Table?.KeySchema?.map((element) => `${element.AttributeName} ${element.KeyType}`).join(
        ", ",
      );
      return key === "LockID HASH" ? "ours" : "foreign";
    } catch (error) {
      if (nameOf(error) === "ResourceNotFoundException") return "absent";
      throw unreachable(error);
    }
  }

  /** The settings of a bucket that its stack describes and that are set already. */
  async settings(stack: Stack, bucket: StackBucket): Promise<readonly Import[]> {
    try {
      return await existingSettings(this.s3, stack, bucket);
    } catch (error) {
      throw unreachable(error);
    }
  }

  /** Whether the stack's state lies in the bucket. @throws CliError when AWS does not let us know. */
  async hasState(): Promise<boolean> {
    const { bucket, key } = this.state;
    const found = await this.presence(this.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
    if (found !== "foreign") return found === "ours";
    throw new CliError(
      EXIT.MISSING,
      "these credentials may not read the state",
      `at s3://${bucket}/${key}`,
      "allow s3:GetObject, s3:ListBucket and the bucket's KMS key, or sign in with a role that may",
    );
  }

  /** Whether the table has the checksum of a state, which Terraform keeps beside the lock. */
  async knowsState(): Promise<boolean> {
    return (await this.item(`${this.state.bucket}/${this.state.key}-md5`))?.Digest !== undefined;
  }

  private async item(LockID: string): Promise<Record<string, AttributeValue> | undefined> {
    if (this.state.table === undefined) return undefined;
    try {
      const Key = { LockID: { S: LockID } };
      const get = new GetItemCommand({ TableName: this.state.table, Key, ConsistentRead: true });
      return (await this.dynamodb.send(get)).Item;
    } catch (error) {
      if (nameOf(error) === "ResourceNotFoundException") return undefined;
      throw unreachable(error);
    }
  }

  private async presence(request: Promise<unknown>): Promise<Presence> {
    try {
      await request;
      return "ours";
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return "absent";
      if (status === 403 || status === 301) return "foreign";
      throw unreachable(error);
    }
  }
}
