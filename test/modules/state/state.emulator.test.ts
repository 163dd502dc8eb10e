import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { awsProvider } from "@groundplan/modules/core";
import {
  backendFor,
  type Locking,
  lockTableName,
  StateBackend,
  type StateBackendProps,
  stateBucketName,
  stateKey,
} from "@groundplan/modules/state";
import { TerraformStack, Testing } from "cdktf";
import { type Emulator, startEmulator } from "../../emulator";
import { TerraformFolder } from "../../terraform";

let emulator: Emulator;
let state: TerraformFolder;

const LOCATION = { platform: "groundplan", account: "123456789012", region: "us-east-1" };
const SETTINGS: StateBackendProps = {
  ...LOCATION,
  locking: "both",
  encryption: "own",
  accessLogs: "own",
  deletionProtection: false,
};

function stateStack(props: StateBackendProps): string {
  const stack = new TerraformStack(Testing.app(), "state");
  awsProvider(stack, LOCATION);
  new StateBackend(stack, "terraform", props);
  return Testing.synth(stack);
}

beforeAll(async () => {
  emulator = await startEmulator();
  state = new TerraformFolder(emulator.environment, emulator.provider);
  state.write("cdk.tf.json", stateStack(SETTINGS));
  await state.succeed("init", "-input=false");
  await state.succeed("apply", "-auto-approve", "-input=false");
});

afterAll(async () => {
  state.remove();
  await emulator.stop();
});

test("deployed with everything on, a second plan is empty", async () => {
  expect(await state.run("plan", "-detailed-exitcode", "-input=false")).toMatchObject({ code: 0 });
});

test("a protected state cannot be destroyed", async () => {
  state.write("cdk.tf.json", stateStack({ ...SETTINGS, deletionProtection: true }));
  const { code, output } = await state.run("plan", "-destroy", "-input=false", "-no-color");
  state.write("cdk.tf.json", stateStack(SETTINGS));
  expect(code).toBe(1);
  expect(output).toContain("Instance cannot be destroyed");
});

/** How the AWS SDK finds the emulator. */
function connection() {
  const {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
  } = emulator.environment;
  if (endpoint === undefined || id === undefined || secret === undefined) throw new Error("no emulator");
  const credentials = { accessKeyId: id, secretAccessKey: secret };
  return { endpoint, region: LOCATION.region, credentials, forcePathStyle: true };
}

function s3(): S3Client {
  return new S3Client(connection());
}

/** Lock files in the bucket and locks in the table; the table's other items are checksums. */
async function locksLeft(): Promise<readonly string[]> {
  const objects = await s3().send(new ListObjectsV2Command({ Bucket: stateBucketName(LOCATION) }));
  const files = (objects.Contents ?? []).map(({ Key = "" }) => Key).filter((key) => key.endsWith(".tflock"));
  const table = new DynamoDBClient(connection());
  const items = await table.send(new ScanCommand({ TableName: lockTableName(LOCATION) }));
  const ids = (items.Items ?? []).map(({ LockID }) => LockID?.S ?? "").filter((id) => !id.endsWith("-md5"));
  return [...files, ...ids];
}

/** A stack that needs no provider, with its state in the bucket. */
function stackAt(unit: string, resources: object, locking: Locking = "dynamodb"): string {
  const stack = new TerraformStack(Testing.app(), `dev-${unit}`);
  backendFor(stack, { ...LOCATION, key: stateKey("dev", unit), locking, encryption: "own" });
  stack.addOverride("resource.terraform_data", resources);
  return Testing.synth(stack);
}

test("a second writer is refused while the first one holds the lock", async () => {
  const folder = new TerraformFolder(emulator.environment);
  try {
    // It is at work until it is let go.
    const released = join(folder.path, "released");
    const command = `while [ ! -e '${released}' ]; do sleep 0.2; done`;
    const slow = { provisioner: [{ "local-exec": { command } }] };
    folder.write("cdk.tf.json", stackAt("slow", { slow }, "both"));
    await folder.succeed("init", "-input=false");
    expect(await locksLeft()).toEqual([]);
    const first = folder.run("apply", "-auto-approve", "-input=false");
    try {
      for (const begun = Date.now(); (await locksLeft()).length < 2; await sleep(100))
        if (Date.now() - begun > 600_000) throw new Error("the first writer has no lock after ten minutes");
      const second = await folder.run("plan", "-input=false", "-no-color");
      expect(second).toMatchObject({
        code: 1,
        output: expect.stringContaining("Error acquiring the state lock"),
      });
      expect(await locksLeft()).toHaveLength(2);
    } finally {
      writeFileSync(released, "");
    }
    expect(await first).toMatchObject({ code: 0 });
    expect(await locksLeft()).toEqual([]);
  } finally {
    folder.remove();
  }
});

test("credentials of another account are refused before anything is written", async () => {
  const folder = new TerraformFolder({ ...emulator.environment, AWS_ACCESS_KEY_ID: "210987654321" });
  try {
    folder.write("cdk.tf.json", stackAt("other", {}));
    const { code, output } = await folder.run("init", "-input=false", "-no-color");
    expect([code, output]).toEqual([1, expect.stringContaining("AWS account ID not allowed: 210987654321")]);
  } finally {
    folder.remove();
  }
});

test("a state is encrypted by the platform's key, as the bucket's policy asks for", async () => {
  const folder = new TerraformFolder(emulator.environment);
  try {
    folder.write("cdk.tf.json", stackAt("encrypted", { some: { input: "thing" } }));
    await folder.succeed("init", "-input=false");
    await folder.succeed("apply", "-auto-approve", "-input=false");
    const head = await s3().send(
      new HeadObjectCommand({ Bucket: stateBucketName(LOCATION), Key: stateKey("dev", "encrypted") }),
    );
    expect(head.ServerSideEncryption).toBe("aws:kms");
    expect(head.SSEKMSKeyId).toContain("alias/groundplan-terraform-state");
  } finally {
    folder.remove();
  }
});

test("without protection it is destroyed, states and all", async () => {
  await state.succeed("destroy", "-auto-approve", "-input=false");
  expect(await state.succeed("state", "list")).toBe("");
});
