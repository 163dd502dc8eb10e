import { createHash, randomBytes } from "node:crypto";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  PutLifecycleHookCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeHostReservationsCommand,
  DescribeImagesCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { ECRClient, GetAccountSettingCommand } from "@aws-sdk/client-ecr";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  DescribeParametersCommand,
  GetParametersByPathCommand,
  ListComplianceItemsCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type Emulator, startEmulator } from "../emulator";

let emulator: Emulator;
let endpoint: string;

beforeAll(async () => {
  emulator = await startEmulator();
  endpoint = emulator.environment.AWS_ENDPOINT_URL ?? "";
});

afterAll(async () => emulator?.stop());

/** What a client of the SDK takes; an access key of 12 digits is the account. */
function client(accessKeyId = "groundplan-local", maxAttempts = 1) {
  const credentials = { accessKeyId, secretAccessKey: "any" };
  return { endpoint, region: "us-east-1", forcePathStyle: true, maxAttempts, credentials };
}

/** Does a thing so many times, so many at once; returns what each came to. */
async function many<T>(
  times: number,
  atOnce: number,
  act: (index: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const results: PromiseSettledResult<T>[] = [];
  let next = 0;
  const worker = async () => {
    while (next < times) results.push(...(await Promise.allSettled([act(next++)])));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

function failures(results: readonly PromiseSettledResult<unknown>[]): string[] {
  return results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
}

describe("parallel load", () => {
  test("moto: every write is answered, once, without the SDK's retries", async () => {
    const ssm = new SSMClient(client());
    const written = await many(600, 64, (index) =>
      ssm.send(new PutParameterCommand({ Name: `/load/${index}`, Value: "x".repeat(3000), Type: "String" })),
    );
    expect(failures(written)).toEqual([]);
    const { Parameters } = await ssm.send(new GetParametersByPathCommand({ Path: "/load", MaxResults: 10 }));
    // Each was carried out once: a second time would be refused, or make a second version.
    for (const { Version } of Parameters ?? []) expect(Version).toBe(1);
  });

  test("moto: what is listed while something is added is listed, and no internal error", async () => {
    const ssm = new SSMClient(client("210987654321"));
    const put = (Name: string) => ssm.send(new PutParameterCommand({ Name, Value: "x", Type: "String" }));
    expect(failures(await many(100, 16, (index) => put(`/there/${index}`)))).toEqual([]);
    // None of these: all have to be looked at.
    const asked = { ParameterFilters: [{ Key: "Name", Values: ["/none"] }] };
    const results = await Promise.all([
      many(200, 3, (index) => put(`/added/${index}`)),
      many(150, 4, () => ssm.send(new DescribeParametersCommand(asked))),
    ]);
    expect(failures(results.flat())).toEqual([]);
  });

  test("moto: every read is answered, when more ask at once than it listens for", async () => {
    const clients = Array.from({ length: 8 }, () => new EC2Client(client()));
    const read = await many(400, 200, (index) => {
      const ec2 = clients[index % clients.length];
      if (!ec2) throw new Error("no client");
      return ec2.send(new DescribeVpcsCommand({}));
    });
    expect(failures(read)).toEqual([]);
  });

  test("MiniStack: of many conditional writes one wins, each time", async () => {
    const dynamodb = new DynamoDBClient(client("groundplan-local", 3));
    await dynamodb.send(
      new CreateTableCommand({
        TableName: "locks",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "LockID", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "LockID", AttributeType: "S" }],
      }),
    );
    await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30 }, { TableName: "locks" });
    for (let round = 0; round < 10; round += 1) {
      const results = await many(50, 50, (index) =>
        dynamodb.send(
          new PutItemCommand({
            TableName: "locks",
            Item: { LockID: { S: `lock-${round}` }, Info: { S: String(index) } },
            ConditionExpression: "attribute_not_exists(LockID)",
          }),
        ),
      );
      const lost = failures(results);
      expect(lost).toHaveLength(49);
      for (const reason of lost) expect(reason).toContain("ConditionalCheckFailedException");
    }
  });

  test("MiniStack: of many writes of a lock file one wins", async () => {
    const s3 = new S3Client(client("groundplan-local", 3));
    await s3.send(new CreateBucketCommand({ Bucket: "lock-files" }));
    const results = await many(50, 50, (index) =>
      s3.send(
        new PutObjectCommand({
          Bucket: "lock-files",
          Key: "x.tflock",
          Body: String(index),
          IfNoneMatch: "*",
        }),
      ),
    );
    const lost = failures(results);
    expect(lost).toHaveLength(49);
    for (const reason of lost) expect(reason).toMatch(/PreconditionFailed|ConditionalRequestConflict/);
  });
});

describe("bodies", () => {
  test("a large object goes up and comes down as it was", async () => {
    const s3 = new S3Client(client());
    await s3.send(new CreateBucketCommand({ Bucket: "large" }));
    const body = randomBytes(48 * 2 ** 20);
    await s3.send(new PutObjectCommand({ Bucket: "large", Key: "a b/ü+%.bin", Body: body }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "large", Key: "a b/ü+%.bin" }));
    const hash = createHash("sha256");
    hash.update((await Body?.transformToByteArray()) ?? "");
    expect(hash.digest("hex")).toBe(createHash("sha256").update(body).digest("hex"));
    const head = await s3.send(new HeadObjectCommand({ Bucket: "large", Key: "a b/ü+%.bin" }));
    expect(head.ContentLength).toBe(body.length);
  });

  test("a client that leaves half-way leaves no half object, and the gateway goes on", async () => {
    const s3 = new S3Client(client());
    await s3.send(new CreateBucketCommand({ Bucket: "left" }));
    const authorization =
      "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    await new Promise<void>((resolve) => {
      const upload = request(`${endpoint}/left/half`, {
        method: "PUT",
        headers: { authorization, "content-length": 2 ** 20 },
      });
      upload.on("error", () => resolve());
      upload.write(Buffer.alloc(2 ** 16));
      setTimeout(() => upload.destroy(new Error("gone")), 200);
    });
    await sleep(200);
    await expect(s3.send(new HeadObjectCommand({ Bucket: "left", Key: "half" }))).rejects.toMatchObject({
      name: "NotFound",
    });
  });

  test("a client that waits for the word to go on gets it", async () => {
    const authorization =
      "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    const s3 = new S3Client(client());
    await s3.send(new CreateBucketCommand({ Bucket: "expects" }));
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization, "content-length": 4, expect: "100-continue" };
      const upload = request(`${endpoint}/expects/key`, { method: "PUT", headers });
      upload.once("continue", () => upload.end("body"));
      upload.once("response", (response) => resolve(response.resume().statusCode));
      upload.once("error", reject);
      upload.flushHeaders();
    });
    expect(status).toBe(200);
  });
});

describe("accounts", () => {
  test("the caller is of the chosen account; an access key of 12 digits is of its own", async () => {
    const account = async (key: string) =>
      (await new STSClient(client(key)).send(new GetCallerIdentityCommand({}))).Account;
    expect(await account("groundplan-local")).toBe("123456789012");
    expect(await account("210987654321")).toBe("210987654321");
  });

  test("VPCs are of the account too", async () => {
    const owner = async (key: string) =>
      (await new EC2Client(client(key)).send(new DescribeVpcsCommand({}))).Vpcs?.map((vpc) => vpc.OwnerId);
    expect(await owner("groundplan-local")).toEqual(["123456789012"]);
    expect(await owner("210987654321")).toEqual(["210987654321"]);
  });

  test("a bucket of another account is refused as AWS refuses it", async () => {
    const mine = new S3Client(client());
    const theirs = new S3Client(client("210987654321"));
    const bucket = { Bucket: "theirs" };
    await theirs.send(new CreateBucketCommand(bucket));
    const refused = (status: number) => ({ $metadata: expect.objectContaining({ httpStatusCode: status }) });
    await expect(mine.send(new HeadBucketCommand(bucket))).rejects.toMatchObject(refused(403));
    await expect(mine.send(new CreateBucketCommand(bucket))).rejects.toMatchObject({
      name: "BucketAlreadyExists",
    });
    await expect(mine.send(new PutObjectCommand({ ...bucket, Key: "x", Body: "x" }))).rejects.toMatchObject(
      refused(403),
    );
  });

  test("the expected owner of a bucket is checked; a bucket that is not there is not found", async () => {
    const s3 = new S3Client(client());
    await s3.send(new CreateBucketCommand({ Bucket: "owned" }));
    const put = (owner: string) =>
      new PutObjectCommand({ Bucket: "owned", Key: "x", Body: "x", ExpectedBucketOwner: owner });
    await s3.send(put("123456789012"));
    await expect(s3.send(put("210987654321"))).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(s3.send(put("nobody"))).rejects.toMatchObject({ name: "AccessDenied" });
    const none = new HeadBucketCommand({ Bucket: "not-there", ExpectedBucketOwner: "123456789012" });
    await expect(s3.send(none)).rejects.toMatchObject({ name: "NotFound" });
  });
});

test("instances that a group launches wait at its life-cycle hook until it is completed", async () => {
  const autoscaling = new AutoScalingClient(client());
  const { Images = [] } = await new EC2Client(client()).send(new DescribeImagesCommand({}));
  const [group, hook] = [{ AutoScalingGroupName: "warm" }, { LifecycleHookName: "warm-up" }];
  const lc = { LaunchConfigurationName: "warm", ImageId: Images[0]?.ImageId, InstanceType: "t3.micro" };
  await autoscaling.send(new CreateLaunchConfigurationCommand(lc));
  await autoscaling.send(
    new CreateAutoScalingGroupCommand({
      ...group,
      LaunchConfigurationName: "warm",
      MinSize: 0,
      MaxSize: 2,
      AvailabilityZones: ["us-east-1a"],
    }),
  );
  const LifecycleTransition = "autoscaling:EC2_INSTANCE_LAUNCHING";
  await autoscaling.send(new PutLifecycleHookCommand({ ...group, ...hook, LifecycleTransition }));
  await autoscaling.send(new SetDesiredCapacityCommand({ ...group, DesiredCapacity: 2 }));
  const members = async () => {
    const found = await autoscaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["warm"] }),
    );
    return found.AutoScalingGroups?.[0]?.Instances ?? [];
  };
  const states = async () => (await members()).map(({ LifecycleState }) => LifecycleState);
  const complete = (InstanceId: string | undefined, LifecycleActionResult: string, named = hook) =>
    autoscaling.send(
      new CompleteLifecycleActionCommand({ ...group, ...named, InstanceId, LifecycleActionResult }),
    );

  const [first, second] = (await members()).map(({ InstanceId }) => InstanceId);
  expect(await states()).toEqual(["Pending:Wait", "Pending:Wait"]);
  // Planted fault: another hook is not the one at which it waits.
  await expect(complete(first, "CONTINUE", { LifecycleHookName: "other" })).rejects.toThrow(/No active/);
  await complete(first, "CONTINUE");
  expect(await states()).toEqual(["InService", "Pending:Wait"]);
  await expect(complete(first, "CONTINUE")).rejects.toThrow(/No active/);
  // One that is abandoned ends, and the group launches another.
  await complete(second, "ABANDON");
  const third = (await members()).map(({ InstanceId }) => InstanceId);
  expect(third).toHaveLength(2);
  expect(third).not.toContain(second);
  await autoscaling.send(new DeleteAutoScalingGroupCommand({ ...group, ForceDelete: true }));
});

describe("planted fault: a call that moto does not have", () => {
  const lacks = (call: string) =>
    expect.stringMatching(new RegExp(`the local emulator \\(moto\\) cannot answer .*${call}`));

  test("EC2's XML", async () => {
    const call = new DescribeHostReservationsCommand({});
    await expect(new EC2Client(client()).send(call)).rejects.toMatchObject({
      message: lacks("DescribeHostReservations"),
      $metadata: expect.objectContaining({ httpStatusCode: 400 }),
    });
  });

  test("JSON, and the SDK does not try it again", async () => {
    const attempts = client("groundplan-local", 3);
    await expect(new SSMClient(attempts).send(new ListComplianceItemsCommand({}))).rejects.toMatchObject({
      message: lacks("ListComplianceItems"),
      $metadata: expect.objectContaining({ attempts: 1 }),
    });
    await expect(
      new ECRClient(attempts).send(new GetAccountSettingCommand({ name: "BASIC_SCAN_TYPE_VERSION" })),
    ).rejects.toMatchObject({
      $metadata: expect.objectContaining({ attempts: 1 }),
    });
  });
});
