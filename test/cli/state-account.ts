import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";

/** Key under which the state stack of the tests keeps its state. */
export const STATE_KEY = "state/terraform.tfstate";

/** The emulator's S3 and DynamoDB, to arrange and to look. */
export class StateAccount {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;

  /** @param environment - the emulator's variables. @param accessKeyId - another account's, when it has 12 digits. */
  constructor(environment: Readonly<Record<string, string>>, accessKeyId = "groundplan-local") {
    const place = { endpoint: environment.AWS_ENDPOINT_URL ?? "", region: "us-east-1" };
    const credentials = { accessKeyId, secretAccessKey: "test" };
    this.s3 = new S3Client({ ...place, credentials, forcePathStyle: true });
    this.dynamodb = new DynamoDBClient({ ...place, credentials });
  }

  async createBucket(Bucket: string): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket }));
  }

  async keepVersions(Bucket: string): Promise<void> {
    const VersioningConfiguration = { Status: "Enabled" as const };
    await this.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }

  async createTable(TableName: string, key = "LockID"): Promise<void> {
    await this.dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: key, AttributeType: "S" }],
      }),
    );
    await waitUntilTableExists(
      { client: this.dynamodb, minDelay: 1, maxDelay: 1, maxWaitTime: 20 },
      { TableName },
    );
  }

  /** Leaves a lock behind, as a Terraform that died does. */
  async lockInTable(TableName: string, bucket: string, key: string = STATE_KEY): Promise<void> {
    const Item = { LockID: { S: `${bucket}/${key}` }, Info: { S: lockInfo(bucket) } };
    await this.dynamodb.send(new PutItemCommand({ TableName, Item }));
  }

  /** Leaves S3's own lock file behind. */
  async lockFile(Bucket: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket, Key: `${STATE_KEY}.tflock`, Body: lockInfo(Bucket) }));
  }

  async unlockFile(Bucket: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket, Key: `${STATE_KEY}.tflock` }));
  }

  /** Ids of the locks that are held; not the checksums, which stay. */
  async locks(TableName: string): Promise<readonly string[]> {
    const { Items = [] } = await this.dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Items.map((item) => item.LockID?.S ?? "").filter((id) => !id.endsWith("-md5"));
  }

  /** Deletes the state; its versions stay. */
  async removeState(Bucket: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket, Key: STATE_KEY }));
  }

  /** Takes a resource out of the state, as a run that was killed before it could save. */
  async forgetResource(Bucket: string, type: string): Promise<void> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket, Key: STATE_KEY }));
    const state = JSON.parse((await Body?.transformToString()) ?? "{}") as { resources: { type: string }[] };
    const resources = state.resources.filter((resource) => resource.type !== type);
    await this.s3.send(
      new PutObjectCommand({ Bucket, Key: STATE_KEY, Body: JSON.stringify({ ...state, resources }) }),
    );
  }

  /** Deletes the state's checksum from the table. */
  async forgetChecksum(TableName: string, bucket: string): Promise<void> {
    const Key = { LockID: { S: `${bucket}/${STATE_KEY}-md5` } };
    await this.dynamodb.send(new DeleteItemCommand({ TableName, Key }));
  }

  /** Addresses in the state that lies in the bucket; undefined without one. */
  async stateIn(Bucket: string): Promise<readonly string[] | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket, Key: STATE_KEY }));
      const state = JSON.parse((await Body?.transformToString()) ?? "{}") as {
        resources: { type: string }[];
      };
      return state.resources.map(({ type }) => type).sort();
    } catch {
      return undefined;
    }
  }
}

/** Id of the lock that the tests leave behind. */
export const LOCK_ID = "6a0c8f5e-1f0b-4c55-8f5b-0d7f2a9b1c11";

function lockInfo(bucket: string): string {
  return JSON.stringify({
    ID: LOCK_ID,
    Operation: "OperationTypeApply",
    Info: "",
    Who: "ci@runner-7",
    Version: "1.11.4",
    Created: "2026-11-20T10:00:00.000000000Z",
    Path: `${bucket}/${STATE_KEY}`,
  });
}
