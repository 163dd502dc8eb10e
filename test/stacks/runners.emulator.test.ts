import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, ListTagsForResourceCommand, SSMClient } from "@aws-sdk/client-ssm";
import { READER, ssmConfigurations } from "../../services/runner-core/src/aws/configurations";
import { ec2Fleet } from "../../services/runner-core/src/aws/fleet";
import { dynamoLedger } from "../../services/runner-core/src/aws/ledger";
import type { Ledger } from "../../services/runner-core/src/ports";
import { type Emulator, startEmulator } from "../emulator";
import { environments } from "../platform";
import { GitHubServer } from "../services/runner-core/github/server";
import { TerraformFolder } from "../terraform";
import { runnersSurroundings, sendQueued } from "./runners-account";
import { RUNNERS, runnersConfiguration, STANDING_POOLS } from "./runners-environment";

const [dev] = environments;
if (!dev) throw new Error("there is no environment");
const PLACE = { account: dev.account, region: dev.region };

const before = { ...process.env };
let emulator: Emulator;
let github: GitHubServer;
let folder: TerraformFolder;
let webhook: string;

/** Addresses that a plan would change, and how. */
async function planned(): Promise<readonly string[]> {
  await folder.succeed("plan", "-input=false", "-no-color", "-out=plan");
  const { resource_changes: changes = [] } = JSON.parse(await folder.succeed("show", "-json", "plan")) as {
    resource_changes?: readonly {
      address: string;
      mode: string;
      change: { actions: readonly string[]; before: unknown; after: unknown };
    }[];
  };
  return changes
    .filter(({ mode, change }) => mode === "managed" && change.actions.join() !== "no-op")
    .map(
      ({ address, change }) =>
        `${address} ${change.actions.join()} ${JSON.stringify(change.before)} ${JSON.stringify(change.after)}`,
    );
}

beforeAll(async () => {
  github = await GitHubServer.start();
  emulator = await startEmulator();
  Object.assign(process.env, emulator.environment);
  folder = new TerraformFolder(emulator.environment, emulator.provider);
  folder.write(
    "cdk.tf.json",
    runnersConfiguration("dev", {
      secretArn: await runnersSurroundings(github.privateKey, PLACE),
      apiUrl: github.url,
      pools: { ...RUNNERS.pools, ...STANDING_POOLS },
    }),
  );
  await folder.succeed("init", "-input=false", "-no-color");
  await folder.succeed("apply", "-input=false", "-no-color", "-auto-approve");
  webhook = JSON.parse(await folder.succeed("output", "-json", "webhook_url"));
}, 300_000);

afterAll(async () => {
  process.env = before;
  folder?.remove();
  await github?.stop();
  await emulator?.stop();
});

/** Sends a webhook of a queued job. @returns the status of the answer. */
const send = (id: number, secret?: string) =>
  sendQueued(webhook, { id, labels: ["self-hosted", "linux"] }, secret);

/** Calls a function as its schedule does. @throws with what the function says when it fails. */
async function call(name: string): Promise<void> {
  const FunctionName = `groundplan-dev-runner-${name}:live`;
  const { FunctionError, Payload } = await new LambdaClient({}).send(new InvokeCommand({ FunctionName }));
  if (FunctionError) throw new Error(Buffer.from(Payload ?? []).toString());
}

/** Instances of some pools; of those with an instance for each job unless said otherwise. */
async function instances(...pools: readonly string[]) {
  const Filters = [
    { Name: "tag:groundplan:fleet", Values: ["groundplan-dev"] },
    { Name: "tag:groundplan:pool", Values: pools.length > 0 ? [...pools] : ["small", "arm"] },
    { Name: "instance-state-name", Values: ["pending", "running"] },
  ];
  const { Reservations = [] } = await new EC2Client({}).send(new DescribeInstancesCommand({ Filters }));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

/** Waits until there are so many instances. */
async function started(count: number) {
  for (;;) {
    const all = await instances();
    if (all.length >= count) return all;
    await sleep(200);
  }
}

/** The instance that may read a configuration, by its parameter's tag. */
async function readerOf(ResourceId: string): Promise<string | undefined> {
  const { TagList = [] } = await new SSMClient({}).send(
    new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId }),
  );
  return TagList.find(({ Key }) => Key === READER)?.Value;
}

test("a second plan changes nothing", async () => {
  expect(await planned()).toEqual([]);
});

test("a webhook is an instance with the configuration of one runner; a second one is none", async () => {
  expect(await send(1, "another secret")).toBe(401);
  expect(await send(1)).toBe(202);
  const [instance] = await started(1);
  const tags = Object.fromEntries((instance?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  expect(tags).toMatchObject({ "groundplan:pool": "small", "groundplan:job": "1", "groundplan:runner": "1" });
  expect([...github.runners.values()]).toMatchObject([
    { labels: ["self-hosted", "linux", "x64"], status: "offline" },
  ]);
  const Name = `/groundplan/dev/runners/configurations/${tags["groundplan:runner"]}`;
  const { Parameter } = await new SSMClient({}).send(new GetParameterCommand({ Name, WithDecryption: true }));
  expect(Parameter?.Value).toBe(Buffer.from("runner 1").toString("base64"));
  expect(await readerOf(Name)).toBe(
    `arn:aws:ec2:us-east-1:${PLACE.account}:instance/${instance?.InstanceId}`,
  );
  expect(await send(1)).toBe(202);
  await call("scale-down");
  expect(await instances()).toHaveLength(1);
});

test("a job whose webhook is lost is found in GitHub's own queue", async () => {
  const twoMinutesAgo = new Date(Date.now() - 120_000).toISOString();
  github.jobs.push({
    id: 2,
    labels: ["self-hosted", "linux", "arm64"],
    created_at: twoMinutesAgo,
    status: "queued",
  });
  await call("reconcile");
  const all = await started(2);
  const jobs = all.map(({ Tags = [] }) => Tags.find(({ Key }) => Key === "groundplan:job")?.Value);
  expect(jobs.sort()).toEqual(["1", "2"]);
});

describe("the clients of the functions", () => {
  const order = { jobId: 9, pool: "small", attempt: 1 };
  let ledger: Ledger;

  beforeAll(() => {
    ledger = dynamoLedger(new DynamoDBClient({}), "groundplan-dev-runner-ledger", () => Date.now() / 1000);
  });

  test("an attempt has one worker at a time, who may die, and a later one ends it", async () => {
    expect(await ledger.claim(order, 100, 200)).toEqual({
      attempt: 1,
      at: 100,
      leaseUntil: 200,
      refusals: 0,
    });
    expect(await ledger.claim(order, 150, 250)).toBe("leased");
    await ledger.note(order, { runnerId: 7, refusals: 1 });
    const taken = { attempt: 1, at: 100, leaseUntil: 301, refusals: 1, runnerId: 7 };
    const both = await Promise.all([ledger.claim(order, 201, 301), ledger.claim(order, 201, 301)]);
    expect(both).toEqual(expect.arrayContaining([taken, "leased"]));
    await ledger.note(order, { instanceId: "i-1" });
    expect(await ledger.claim(order, 202, 302)).toMatchObject({ instanceId: "i-1" });
    expect(await ledger.claim({ ...order, attempt: 2 }, 400, 500)).toMatchObject({ attempt: 2, refusals: 0 });
    expect(await ledger.claim(order, 600, 700)).toBe("superseded");
    await expect(ledger.note(order, { instanceId: "i-2" })).rejects.toThrow();
    const entries = await ledger.entries([...Array.from({ length: 120 }, (_, id) => 1000 + id), 9]);
    expect([...entries]).toEqual([[9, { attempt: 2, at: 400, leaseUntil: 500, refusals: 0 }]]);
  });

  test("a mark stays until it is taken away", async () => {
    await ledger.mark("instance/i-1", { reason: "orphan", since: 100 });
    expect((await ledger.marks()).get("instance/i-1")).toEqual({ reason: "orphan", since: 100 });
    await ledger.unmark("instance/i-1");
    expect((await ledger.marks()).has("instance/i-1")).toBe(false);
  });

  test("an instance is found by its tags, kept by one, and ended; one that is gone is no fault", async () => {
    const ec2 = new EC2Client({});
    const fleet = ec2Fleet(ec2, "groundplan-dev");
    const { items } = await fleet.instances(undefined);
    const one = items.find(({ pool }) => pool === "arm");
    if (!one) throw new Error("there is no instance of the pool arm");
    expect(one).toMatchObject({ runnerId: 2, keep: false });
    expect(Math.abs(one.launchedAt - Date.now() / 1000)).toBeLessThan(600);
    await ec2.send(new CreateTagsCommand({ Resources: [one.id], Tags: [{ Key: "keep", Value: "" }] }));
    expect(await fleet.instance(one.id)).toMatchObject({ keep: true });
    await fleet.terminate(one.id);
    expect(await fleet.instance(one.id)).toBeUndefined();
    expect(await fleet.instance("i-0123456789abcdef0")).toBeUndefined();
    await fleet.terminate("i-0123456789abcdef0");
  });

  test("a configuration that is not there is no fault", async () => {
    const path = "/groundplan/dev/runners/configurations";
    const configurations = ssmConfigurations(new SSMClient({}), path, "arn:aws:ec2:us-east-1:1:instance/");
    await configurations.assign(4711, "i-0123456789abcdef0");
    await configurations.remove(4711);
  });
});

describe("instances that stay between jobs", () => {
  /** What the instances of a pool do that come up: they register by what only they may read. */
  async function boot(pool: string): Promise<void> {
    const ssm = new SSMClient({});
    for (const { InstanceId, Tags = [] } of await instances(pool)) {
      if (Tags.some(({ Key }) => Key === "groundplan:runner")) continue;
      const Name = `/groundplan/dev/runners/configurations/${InstanceId}`;
      expect(await readerOf(Name)).toBe(`arn:aws:ec2:us-east-1:${PLACE.account}:instance/${InstanceId}`);
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
      const { token, name, labels, group } = JSON.parse(Parameter?.Value ?? "");
      expect({ labels, group }).toEqual({ labels: pool, group: "Default" });
      github.register(token, name, ["self-hosted", ...labels.split(",")]);
    }
  }

  const runnersOf = (label: string) =>
    [...github.runners.values()].filter(({ labels }) => labels.includes(label));

  test("a fixed number registers by name, and is known by its tags", async () => {
    await call("reconcile");
    await boot("steady");
    expect(
      runnersOf("steady")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["runner-01", "runner-02"]);
    await call("reconcile");
    const tags = (await instances("steady")).map(({ Tags = [] }) =>
      Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
    );
    expect(tags.map(({ Name }) => Name).sort()).toEqual(["runner-01", "runner-02"]);
    expect(tags.map((one) => Number(one["groundplan:runner"])).sort()).toEqual(
      runnersOf("steady").map(({ id }) => id),
    );
  });

  test("a job has a group grow; without jobs, it becomes smaller again, and its runner is taken off first", async () => {
    const job = {
      id: 3,
      labels: ["self-hosted", "burst"],
      created_at: new Date().toISOString(),
      status: "queued" as const,
    };
    github.jobs.push(job);
    await call("reconcile");
    expect(await instances("burst")).toHaveLength(1);
    await call("reconcile");
    await boot("burst");
    github.jobs.splice(github.jobs.indexOf(job), 1);
    const [runner] = runnersOf("burst");
    if (!runner) throw new Error("no runner of the group");
    runner.busy = true;
    await call("reconcile");
    const [{ InstanceId } = {}] = await instances("burst");
    const ledger = dynamoLedger(new DynamoDBClient({}), "groundplan-dev-runner-ledger", () => 0);
    const idle = { reason: "idle", since: Date.now() / 1000 - 3600 };
    await ledger.mark(`instance/${InstanceId}`, idle);
    await call("scale-down");
    expect(await instances("burst")).toHaveLength(1);
    runner.busy = false;
    await ledger.mark(`instance/${InstanceId}`, idle);
    await call("scale-down");
    expect(runnersOf("burst")).toEqual([]);
    await call("reconcile");
    expect(await instances("burst")).toEqual([]);
  });
});

describe("a function whose process is killed, as by kill -9", () => {
  /** Kills the processes of a function that asks this suite's GitHub. @returns how many there were. */
  function kill(name: string): number {
    const own = [`AWS_LAMBDA_FUNCTION_NAME=groundplan-dev-runner-${name}\0`, github.url];
    const found = readdirSync("/proc").filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
        return own.every((text) => environment.includes(text));
      } catch {
        return false;
      }
    });
    for (const pid of found) process.kill(Number(pid), "SIGKILL");
    return found.length;
  }

  /** Calls a function, and kills it at each request to GitHub that begins so; a call of the schedule may be in between. */
  async function killedAt(name: string, request: string): Promise<void> {
    let killed = 0;
    github.onRequest = (what) => {
      if (what.startsWith(request)) killed += kill(name);
    };
    try {
      let isKilled = false;
      while (!isKilled) {
        await call(name).catch(() => {
          isKilled = true;
        });
      }
    } finally {
      github.onRequest = () => undefined;
    }
    expect(killed).toBeGreaterThan(0);
  }

  test.each([
    ["reconcile", "GET /orgs/octo/actions/runners"],
    ["scale-down", "GET /orgs/octo/actions/runners"],
    ["program", "GET /download/x64"],
  ])("%s does at its next call what it has not done", async (name, request) => {
    Object.assign(github, { version: "2.352.0", wrongDigest: undefined });
    await killedAt(name, request);
    await call(name);
  });
});

test("the newest program is brought into the bucket, and one whose checksum is another is not", async () => {
  const s3 = new S3Client({ forcePathStyle: true });
  const Bucket = `groundplan-dev-runners-${PLACE.account}`;
  const read = async (Key: string) =>
    (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  Object.assign(github, { version: "2.360.0", wrongDigest: undefined });
  await call("program");
  const { version, sha256 } = JSON.parse((await read("program.json")) ?? "");
  const archive = (await read(`${sha256.arm64}.tar.gz`)) ?? "";
  expect([version, archive]).toEqual(["2.360.0", JSON.stringify("archive of arm64")]);
  expect(sha256.arm64).toBe(createHash("sha256").update(archive).digest("hex"));
  Object.assign(github, { version: "2.361.0", wrongDigest: "x64" });
  await expect(call("program")).rejects.toThrow(/has not the checksum/);
  expect(JSON.parse((await read("program.json")) ?? "").version).toBe("2.360.0");
});

test("destroyed, nothing of it is left in the state", async () => {
  let isOver = false;
  const destroyed = folder.succeed("destroy", "-input=false", "-no-color", "-auto-approve").finally(() => {
    isOver = true;
  });
  // Groups go first, whose instances the function lets go as its schedule calls it, for as long as it is there.
  while (!isOver) {
    await call("reconcile").catch(() => undefined);
    await sleep(1000);
  }
  await destroyed;
  expect((await folder.succeed("state", "list")).trim()).toBe("");
});
