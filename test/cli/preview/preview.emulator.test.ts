import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import {
  AllocateAddressCommand,
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateScheduleGroupCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { askToStop, begin, beginNew, end, extend } from "../../../cli/preview/life-cycle";
import { type Metadata, metadataText } from "../../../cli/preview/metadata";
import { taggedResources } from "../../../cli/preview/receipt";
import { PreviewStore } from "../../../cli/preview/store";
import { type Emulator, startEmulator } from "../../emulator";
import { type HoldingProxy, openHoldingProxy } from "../../holding-proxy";
import { temporaryFolder } from "../../temporary-folder";
import { documentOf } from "../formats/held";
import { build, groundplan, startGroundplan } from "../groundplan";
import { PREVIEW, run } from "./made";

const BUCKET = "acme-dev-state";
const REGION = "us-east-1";

let emulator: Emulator;
let s3: S3Client;
let store: PreviewStore;
let folder: string;
const before = { ...process.env };

beforeAll(async () => {
  build();
  emulator = await startEmulator();
  Object.assign(process.env, emulator.environment);
  s3 = new S3Client({ region: REGION, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  store = new PreviewStore({ bucket: BUCKET, region: REGION });
  folder = temporaryFolder("previews");
});
afterAll(async () => {
  process.env = before;
  await emulator.stop();
});

const NOW = () => new Date().toISOString();

/** Runs `groundplan preview` as in a workflow: the settings are variables. */
const preview = (...args: readonly string[]) =>
  groundplan(["preview", ...args], {
    cwd: folder,
    env: { ...emulator.environment, STATE_BUCKET: BUCKET, AWS_REGION: REGION, XDG_CONFIG_HOME: folder },
  });

const put = (name: string, metadata: Metadata | string) =>
  s3.send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: `environments/${name}/metadata.json`,
      Body: typeof metadata === "string" ? metadata : metadataText(metadata),
    }),
  );

test("of many runs that begin at once, one holds the preview, and every other is refused", async () => {
  // GIVEN
  const beginning = (id: string) => ({ run: run(id, "create", NOW()), by: id, now: NOW() });
  const start = (id: string) =>
    store.change("raced", (metadata) =>
      metadata
        ? begin(metadata, beginning(id), () => true)
        : beginNew({ ...PREVIEW, name: "raced" }, beginning(id)),
    );

  // WHEN
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => start(`run-${index}`)));

  // THEN
  const winners = results.filter(({ status }) => status === "fulfilled");
  expect(winners).toHaveLength(1);
  for (const result of results)
    if (result.status === "rejected") expect(String(result.reason)).toMatch(/held by another run/);
  const stored = await store.get("raced");
  expect([stored.status, stored.history.length]).toEqual(["provisioning", 1]);

  // AND no word of those that write at once is lost.
  await Promise.all([
    store.change("raced", (one) => askToStop(one as Metadata, "ana", NOW())),
    store.change("raced", (one) =>
      extend(one as Metadata, { ttl: "14d", expiresAt: "2030-01-01T00:00:00.000Z", now: NOW() }),
    ),
  ]);
  expect(await store.get("raced")).toMatchObject({ ttl: "14d", run: { stop: { by: "ana" } } });
});

test("what is gone is removed, and not when it was made anew meanwhile", async () => {
  const begun = beginNew(
    { ...PREVIEW, name: "passing" },
    { run: run("x", "create", NOW()), by: "x", now: NOW() },
  );
  await store.change("passing", () => begun);
  await store.remove("passing");
  expect(await store.find("passing")).toMatchObject({ status: "provisioning" });
  await store.change("passing", (one) =>
    begin(one as Metadata, { run: run("y", "destroy", NOW()), by: "y", now: NOW() }, () => false),
  );
  await store.change("passing", (one) => end(one, { run: "y", to: "gone", by: "y", now: NOW() }));
  await expect(store.get("passing")).rejects.toThrow(/there is no preview passing/);
  await store.remove("passing");
  expect(await store.find("passing")).toBeUndefined();
});

test("a dump is lent by an address that needs no credential, and no other one has", async () => {
  const address = await store.lend("lent", Buffer.from("SELECT 1;"));
  expect(await (await fetch(address)).text()).toBe("SELECT 1;");
  // Planted: without its signature, and by a key that nobody has.
  const [object = ""] = address.split("?");
  expect((await fetch(object)).status).toBe(403);
  expect((await fetch(address.replace("Credential=groundplan-local", "Credential=other"))).status).toBe(403);
  await store.delete("lent", "seed");
});

test("what a role's session has signed on this machine is signed for a task too", async () => {
  const { Credentials } = await new STSClient({ region: REGION }).send(
    new AssumeRoleCommand({ RoleArn: "arn:aws:iam::123456789012:role/previews", RoleSessionName: "run" }),
  );
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  const own = new S3Client({ region: REGION, forcePathStyle: true, credentials });
  await own.send(new PutObjectCommand({ Bucket: BUCKET, Key: "dump", Body: "SELECT 1;" }));
  const address = new URL(await getSignedUrl(own, new GetObjectCommand({ Bucket: BUCKET, Key: "dump" })));
  const asked = (search: string, host: string) =>
    statusOf(address.port, `${address.pathname}${search}`, `${host}:${address.port}`);
  expect(await asked(address.search, "127.0.0.1")).toBe(200);
  expect(await asked(address.search, "169.254.170.1")).toBe(200);
  // Planted: with another signature.
  const forged = address.search.replace(/X-Amz-Signature=..../, "X-Amz-Signature=0000");
  expect(await asked(forged, "169.254.170.1")).toBe(403);
});

/** What the gateway answers to a request for a host. */
function statusOf(port: string, path: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).once("error", reject);
  });
}

test("a NAT gateway that was deleted is not left, although AWS lists it by its tags", async () => {
  const ec2 = new EC2Client({ region: REGION });
  const { Subnets: [subnet] = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const Tags = Object.entries({ "idp:managed": "true", "idp:environment": "routed" }).map(([Key, Value]) => ({
    Key,
    Value,
  }));
  const { NatGateway } = await ec2.send(
    new CreateNatGatewayCommand({
      SubnetId: subnet?.SubnetId,
      AllocationId,
      TagSpecifications: [{ ResourceType: "natgateway", Tags }],
    }),
  );
  const listed = async () => [...(await taggedResources(REGION, "routed")).values()].flat();
  expect(await listed()).toEqual([expect.stringContaining(`natgateway/${NatGateway?.NatGatewayId}`)]);
  await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: NatGateway?.NatGatewayId }));
  expect(await listed()).toEqual([]);
});

test("hostile metadata is text, and never another preview's", async () => {
  await put("good", { ...PREVIEW, name: "good", owner: "<script>alert(1)</script>\u001b[31m\n::error::x" });
  await put("thief", { ...PREVIEW, name: "good" });
  await put("broken", "{");
  await s3.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: "environments/dev/network/terraform.tfstate", Body: "{}" }),
  );

  const { stdout } = await preview("list", "--json");
  const list = documentOf<{ previews: { name: string }[]; damaged: { name: string }[] }>(
    "preview-list",
    stdout,
  );
  expect(list.previews.map(({ name }) => name)).toEqual(["good", "raced"]);
  expect(list.damaged.map(({ name }) => name)).toEqual(["broken", "thief"]);
  const shown = await preview("list");
  expect(shown.stdout).not.toContain("\u001b[31m");
  expect(shown.stdout).not.toMatch(/^::error/m);
  expect((await preview("status", "../../etc/passwd")).stderr).toMatch(/invalid name of a preview/);
});

test("the sweep says what is over, and destroys nothing when it is asked only to look", async () => {
  await put("over", { ...PREVIEW, name: "over", expiresAt: "2026-01-01T00:00:00.000Z" });
  const { stdout, code } = await preview("gc", "--dry-run", "--json");
  const swept = documentOf<{ findings: { name: string; action: string }[] }>("preview-gc", stdout);
  expect(code).toBe(0);
  expect(swept.findings.map(({ action, name }) => `${action} ${name}`)).toEqual(
    expect.arrayContaining(["destroy over", "damaged broken"]),
  );
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "environments/over/" }),
  );
  expect(Contents).toHaveLength(1);
});

test("a preview that never was is destroyed already, and a setting is kept for the next command", async () => {
  const gone = await preview("destroy", "never-was", "--yes", "--json");
  expect([gone.code, documentOf("preview-destroy", gone.stdout)]).toEqual([
    0,
    { format: "groundplan.preview.destroy", version: 1 },
  ]);
  await preview("config", "set", "domain", "previews.acme.com");
  expect((await preview("config", "get", "domain")).stdout).toBe("previews.acme.com\n");
  const { stdout } = await preview("config", "get", "--json");
  expect(JSON.stringify(documentOf("preview-config-get", stdout))).toContain("the variable STATE_BUCKET");
  expect((await preview("config", "set", "domain", "a b")).code).toBe(2);
  const written = await s3.send(
    new GetObjectCommand({ Bucket: BUCKET, Key: "environments/good/metadata.json" }),
  );
  expect(written.ContentLength).toBeGreaterThan(0);
});

describe("the life of a preview, by the real Terraform", () => {
  const ROOT = join(__dirname, "..", "..", "..");
  const PLACE = {
    STATE_BUCKET: BUCKET,
    AWS_REGION: REGION,
    PREVIEW_PLATFORM: "acme",
    PREVIEW_ENVIRONMENT: "dev",
  };
  const options = () => ({
    cwd: ROOT,
    env: { ...emulator.environment, ...PLACE, XDG_CONFIG_HOME: folder, GITHUB_ACTOR: "ana" },
  });
  const create = (name: string) => [
    ...["preview", "create", "--name", name, "--template", "scheduled-worker"],
    ...["--config", folder, "--ttl", "2h", "--yes", "--json"],
  ];
  const destroy = (name: string) => ["preview", "destroy", name, "--yes", "--json"];
  const keys = async (name: string) => {
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `environments/${name}/` }),
    );
    return Contents.map(({ Key = "" }) => Key.split("/").at(-1)).sort();
  };

  /** Starts a command, and waits until it says that a step begins. */
  const until = async (args: readonly string[], step: string): Promise<ChildProcess> => {
    const child = startGroundplan(args, options(), "pipe");
    let said = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (new RegExp(`^[\\d:]{8} ${step}$`, "m").test(said)) resolve();
      });
      child.once("exit", () => reject(new Error(`it ended before the step ${step}: ${said}`)));
    });
    return child;
  };
  /** A point at which a command is killed: when it says that a step begins, or when it sends a request. */
  type Point = string | RegExp;
  const killed = async (args: readonly string[], point: Point) => {
    const child = typeof point === "string" ? await until(args, point) : await untilRequest(args, point);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  };

  /** Starts a command, and waits until it, or its Terraform, sends a request, which is held and never answered. */
  const proxies: HoldingProxy[] = [];
  afterAll(() => {
    for (const one of proxies) one.close();
  });
  const untilRequest = async (args: readonly string[], request: RegExp): Promise<ChildProcess> => {
    const { AWS_ENDPOINT_URL: endpoint = "" } = emulator.environment;
    const proxy = await openHoldingProxy(endpoint, (operation) => request.test(operation));
    const { env, ...rest } = options();
    const child = startGroundplan(args, { ...rest, env: { ...env, AWS_ENDPOINT_URL: proxy.url } }, "pipe");
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    proxies.push(proxy);
    // What a killed run has left at work comes to its end.
    child.once("exit", () => proxy.release());
    while (proxy.held === 0) {
      if (child.exitCode !== null) throw new Error(`it ended before the request ${request}: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return child;
  };

  beforeAll(async () => {
    // What the stack preview-shared makes and says, as far as a worker needs it.
    const ec2 = new EC2Client({ region: REGION });
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const { cluster } = await new ECSClient({ region: REGION }).send(
      new CreateClusterCommand({ clusterName: "acme-dev-previews" }),
    );
    await new SchedulerClient({ region: REGION }).send(
      new CreateScheduleGroupCommand({ Name: "acme-dev-previews" }),
    );
    const subnets = Subnets.slice(0, 2).map(({ SubnetId = "" }) => SubnetId);
    const shared = {
      vpcId: Vpcs[0]?.VpcId,
      vpcCidr: Vpcs[0]?.CidrBlock,
      privateSubnetIds: subnets,
      publicSubnetIds: subnets,
      clusterArn: cluster?.clusterArn,
      clusterName: "acme-dev-previews",
      loadBalancer: { arn: "", dnsName: "", zoneId: "", securityGroupId: "sg-1", httpsListenerArn: "" },
      certificateArn: "",
      wakeTargetGroupArn: "",
      database: {},
      schedulerRoleArn: "arn:aws:iam::123456789012:role/acme-dev-previews-scheduler",
      scheduleGroup: "acme-dev-previews",
      expireFunctionArn: "",
      deadLetterQueueArn: "arn:aws:sqs:us-east-1:123456789012:acme-dev-previews",
      ecrRepository: { name: "acme/dev/previews", url: "" },
      domain: "previews.example.com",
      zoneId: "Z0123456789",
      quotaTotal: 10,
      quotaPerOwner: 2,
      defaultTtl: "7d",
    };
    await new SSMClient({ region: REGION }).send(
      new PutParameterCommand({
        Name: "/acme/dev/preview-shared",
        Type: "String",
        Value: JSON.stringify(shared),
      }),
    );
  });

  const FILE = "environments/worker";
  /**
   * Every step of a create and of a destroy, and every write after which a step is done. CI kills in the middle of both;
   * with `GROUNDPLAN_PREVIEW_KILLS=all`, as each night, at each of these.
   */
  const CREATES: readonly Point[] = [
    "plan worker",
    new RegExp(`^PUT /${BUCKET}/${FILE}/metadata.json`),
    "apply",
    new RegExp(`^PUT /${BUCKET}/${FILE}/terraform.tfstate(?:\\?|$)`),
    "start",
    "delete its oldest images",
    new RegExp(`^PUT /${BUCKET}/${FILE}/outputs.json`),
  ];
  const DESTROYS: readonly Point[] = [
    "plan to destroy worker",
    "before it goes",
    "destroy",
    new RegExp(`^PUT /${BUCKET}/${FILE}/terraform.tfstate(?:\\?|$)`),
    "delete its images",
    "ask AWS what is left",
    new RegExp(`^PUT /${BUCKET}/${FILE}/receipt.json`),
    new RegExp(`^DELETE /${BUCKET}/${FILE}/terraform.tfstate(?:\\?|$)`),
    new RegExp(`^DELETE /${BUCKET}/${FILE}/metadata.json`),
  ];
  const ALL = process.env.GROUNDPLAN_PREVIEW_KILLS === "all";
  const ROUNDS: readonly (readonly [Point, Point])[] = ALL
    ? DESTROYS.map((end, at) => [CREATES[at % CREATES.length] as Point, end])
    : [["apply", "destroy"]];

  test.each(ROUNDS)(
    "killed at %s of its making, and at %s of its end, the same command finishes, and nothing is left",
    async (making, ending) => {
      await killed(create("worker"), making);
      if (making === "apply")
        expect(await store.get("worker")).toMatchObject({ status: "provisioning", run: { work: "create" } });

      const made = await groundplan(create("worker"), options());
      expect([made.code, made.stderr.match(/^Error.*/m)?.[0]]).toEqual([0, undefined]);
      expect(documentOf("preview", made.stdout)).toMatchObject({
        name: "worker",
        status: "active",
        owner: "ana",
      });
      expect((await keys("worker")).filter((key) => key !== "receipt.json")).toEqual([
        "metadata.json",
        "outputs.json",
        "terraform.tfstate",
      ]);
      const tagged = await taggedResources(REGION, "worker");
      expect(tagged.get("worker")?.length).toBeGreaterThan(0);

      await killed(destroy("worker"), ending);
      if (ending === "destroy") expect(await store.get("worker")).toMatchObject({ status: "destroying" });

      const gone = await groundplan(destroy("worker"), options());
      expect([gone.code, gone.stderr.match(/^Error.*/m)?.[0]]).toEqual([0, undefined]);
      // With its last write it was gone: there is nothing to destroy any more.
      expect(documentOf("preview-destroy", gone.stdout)).toMatchObject(
        ending === DESTROYS.at(-1) ? {} : { name: "worker", receipt: { left: [] } },
      );
      expect(await keys("worker")).toEqual(["receipt.json"]);
      expect(await taggedResources(REGION, "worker")).toEqual(new Map());
    },
  );

  test("a destroy that is asked for only if its time is over spares one that was extended, and is no failure", async () => {
    await put("extended", { ...PREVIEW, name: "extended", expiresAt: "2099-01-01T00:00:00.000Z" });
    const { code, stdout } = await groundplan([...destroy("extended"), "--if-over"], options());
    expect([code, documentOf("preview-destroy", stdout)]).toEqual([
      0,
      {
        format: "groundplan.preview.destroy",
        version: 1,
        name: "extended",
        spared: "2099-01-01T00:00:00.000Z",
      },
    ]);
    expect(await store.get("extended")).toMatchObject({ status: "active" });
  });

  test("a destroy stops the run that makes the preview, and then destroys what it has made", async () => {
    const making = await until(create("hasty"), "apply");
    const ended = new Promise<number | null>((resolve) => making.once("exit", resolve));

    const gone = await groundplan(destroy("hasty"), options());

    expect([gone.code, gone.stderr.match(/^Error.*/m)?.[0]]).toEqual([0, undefined]);
    // It was asked to stop, or had come to its end before it heard of it.
    expect([0, 130]).toContain(await ended);
    expect(await keys("hasty")).toEqual(["receipt.json"]);
    expect(await taggedResources(REGION, "hasty")).toEqual(new Map());
  });

  test("what Terraform says of a failure is shown and kept without secrets, marked or named", async () => {
    // GIVEN a checkout whose stacks repeat a variable's value when they are made, and an attribute's when destroyed
    const secrets = ["Quiet Otter!42", "Loud-Heron-77"];
    const checkout = temporaryFolder("leaky");
    const bucket = "acme-leaky-state";
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    writeLeakyPreviews(checkout, { mask: ["*_password"] });
    const where = {
      cwd: checkout,
      env: { ...options().env, STATE_BUCKET: bucket, TF_VAR_login: secrets[0] },
    };
    const leaky = (...args: readonly string[]) => groundplan(["preview", ...args], where);
    const kept = new PreviewStore({ bucket, region: REGION });

    // WHEN
    const made = await leaky("create", "--name", "leaky", "--template", "scheduled-worker", "--yes");
    const shown = [
      await leaky("status", "leaky"),
      await leaky("status", "leaky", "--json"),
      await leaky("list", "--json"),
      await leaky("dashboard", "--json"),
    ];
    const gone = await leaky("destroy", "leaky", "--yes");
    await kept.change("leaky", (one) => ({ ...(one as Metadata), expiresAt: "2026-01-01T00:00:00.000Z" }));
    const swept = await leaky("gc", "--json");

    // THEN
    expect([made, ...shown, gone, swept].map(({ code }) => code)).toEqual([1, 0, 0, 0, 0, 1, 1]);
    for (const { stderr } of [made, gone]) expect(stderr).toContain("echoed (sensitive value)");
    expect(shown[0]?.stdout).toContain("(sensitive value)");
    const { stdout: json } = swept;
    expect(json).toMatch(/"action": "destroy"/);
    const stored = JSON.stringify(await kept.get("leaky"));
    expect(stored).toContain("echoed (sensitive value)");
    const all = [made, ...shown, gone, swept].map(({ stdout, stderr }) => stdout + stderr);
    for (const secret of secrets) expect([stored, ...all].join("\n")).not.toContain(secret);

    // AND planted fault: what nobody marked, and no setting names, is shown.
    writeLeakyPreviews(checkout, {});
    expect((await leaky("destroy", "leaky", "--yes")).stderr).toContain("echoed Loud-Heron-77");
  });
});

/** A checkout whose previews fail: made with a sensitive variable's value, destroyed with an attribute's. */
function writeLeakyPreviews(checkout: string, settings: object): void {
  const echo = (value: string) => ({ command: `echo echoed ${value}; exit 1` });
  const stack = {
    terraform: { backend: { s3: { encrypt: true } } },
    variable: { login: { type: "string", sensitive: true } },
    resource: {
      terraform_data: {
        quiet: {
          input: { admin_password: "Loud-Heron-77" },
          provisioner: [{ "local-exec": { when: "destroy", ...echo("${self.input.admin_password}") } }],
        },
        loud: {
          provisioner: [{ "local-exec": echo("${nonsensitive(var.login)}") }],
          depends_on: ["terraform_data.quiet"],
        },
      },
    },
  };
  mkdirSync(join(checkout, "previews"), { recursive: true });
  writeFileSync(join(checkout, "cdktf.json"), JSON.stringify({ app: "false", groundplan: settings }));
  writeFileSync(join(checkout, "previews", "cdktf.json"), JSON.stringify({ app: "node main.js" }));
  writeFileSync(
    join(checkout, "previews", "main.js"),
    `const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { name } = JSON.parse(readFileSync(process.env.PREVIEW_INPUT, "utf8"));
const workingDirectory = "stacks/" + name;
const folder = process.env.CDKTF_OUTDIR + "/" + workingDirectory;
mkdirSync(folder, { recursive: true });
writeFileSync(folder + "/cdk.tf.json", ${JSON.stringify(JSON.stringify(stack))});
const one = { name, constructPath: name, workingDirectory, synthesizedStackPath: workingDirectory + "/cdk.tf.json", annotations: [], dependencies: [] };
writeFileSync(process.env.CDKTF_OUTDIR + "/manifest.json", JSON.stringify({ version: "0.21.0", stacks: { [name]: one } }));
`,
  );
}
