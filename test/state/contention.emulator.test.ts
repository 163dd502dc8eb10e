import { CreateTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { type Emulator, startEmulator } from "../emulator";
import { type Run, TerraformFolder } from "../terraform";

const KEY = "contended/terraform.tfstate";
const WRITERS = Array.from({ length: 10 }, (_, index) => `writer-${index}`);

let emulator: Emulator;
let s3: S3Client;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  emulator = await startEmulator();
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = emulator.environment;
  const client = {
    endpoint: String(endpoint),
    region: String(region),
    credentials: { accessKeyId: "groundplan-local", secretAccessKey: "groundplan-local" },
  };
  s3 = new S3Client({ ...client, forcePathStyle: true });
  dynamodb = new DynamoDBClient(client);
});

afterAll(async () => {
  s3?.destroy();
  dynamodb?.destroy();
  await emulator?.stop();
});

/** A versioned bucket and a lock table of one name. */
async function backend(name: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } }),
  );
  await dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "LockID", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "LockID", KeyType: "HASH" }],
    }),
  );
}

/** All writers at once, each with a process of its own: it replaces what the one before it wrote. */
async function writeAll(name: string, lock: object, ...flags: readonly string[]): Promise<readonly string[]> {
  const folders = WRITERS.map((writer) => {
    const folder = new TerraformFolder(emulator.environment);
    const s3Backend = { bucket: name, key: KEY, region: "us-east-1", encrypt: true, ...lock };
    const data = { writer: { input: writer, triggers_replace: writer } };
    const main = { terraform: { backend: { s3: s3Backend } }, resource: { terraform_data: data } };
    folder.write("main.tf.json", JSON.stringify(main));
    return folder;
  });
  try {
    // The initializations one after the other: only the writes shall meet.
    for (const folder of folders) await folder.succeed("init", "-input=false", "-no-color");
    const apply = ["apply", "-auto-approve", "-input=false", "-no-color", ...flags];
    const runs = await Promise.all(folders.map((folder) => untilLocked(() => folder.run(...apply))));
    return runs.filter(({ code }) => code !== 0).map(({ output }) => output);
  } finally {
    for (const folder of folders) folder.remove();
  }
}

/**
 * Runs a writer again that found the lock taken and, when it asked by whom, already released: Terraform
 * gives up at once there instead of waiting, before it has read or written anything.
 *
 * @see https://github.com/hashicorp/terraform/blob/v1.11.4/internal/backend/remote-state/s3/client.go
 */
async function untilLocked(write: () => Promise<Run>): Promise<Run> {
  const run = await write();
  const released =
    run.output.includes("Error acquiring the state lock") && !run.output.includes("Lock Info:");
  return released ? untilLocked(write) : run;
}

/** Every version of the state that was ever written: its serial, and who wrote it. */
async function history(name: string): Promise<readonly { serial: number; writer: string }[]> {
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: name, Prefix: KEY }));
  const states = Versions.filter((version) => version.Key === KEY).map(async ({ VersionId }) => {
    const object = await s3.send(new GetObjectCommand({ Bucket: name, Key: KEY, VersionId }));
    const state = JSON.parse((await object.Body?.transformToString()) ?? "{}");
    return { serial: state.serial, writer: state.resources[0]?.instances[0]?.attributes.input.value };
  });
  return (await Promise.all(states)).sort((a, b) => a.serial - b.serial);
}

/** Lock items of the table and lock files of the bucket that nobody released. */
async function locksLeft(name: string): Promise<readonly (string | undefined)[]> {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: name, ConsistentRead: true }));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: name }));
  const items = Items.map((item) => item.LockID?.S).filter((id) => !id?.endsWith("-md5"));
  return [...items, ...Contents.map(({ Key }) => Key).filter((key) => key?.endsWith(".tflock"))];
}

test.each([
  ["dynamodb", (name: string) => ({ dynamodb_table: name })],
  ["s3", () => ({ use_lockfile: true })],
  ["both", (name: string) => ({ dynamodb_table: name, use_lockfile: true })],
])("ten writers with locks of kind %s: one at a time, none lost, no lock left", async (kind, lock) => {
  // GIVEN
  const name = `contended-${kind}`;
  await backend(name);
  // WHEN
  const failures = await writeAll(name, lock(name), "-lock-timeout=300s");
  // THEN
  expect(failures).toEqual([]);
  const states = await history(name);
  // Each has read what the one before it wrote: a lost update would give one serial to two of them.
  const first = states[0]?.serial ?? 0;
  expect(new Set(states.map(({ writer }) => writer))).toEqual(new Set(WRITERS));
  expect(states.map(({ serial }) => serial)).toEqual(states.map((_, index) => first + index));
  expect(await locksLeft(name)).toEqual([]);
});

test("without locks writers are lost, and the history shows it", async () => {
  await backend("contended-none");
  await writeAll("contended-none", {}, "-lock=false");
  const serials = (await history("contended-none")).map(({ serial }) => serial);
  expect(new Set(serials).size).toBeLessThan(serials.length);
});
