"use strict";

// Deploys the stack of the runners on the local AWS, with the functions as they are published, and sends webhooks to it: how long
// it takes from a webhook to EC2's instance. Prints the milliseconds of each as JSON.
const { spawnSync } = require("node:child_process");
const { createHmac, generateKeyPairSync } = require("node:crypto");
const { writeFileSync } = require("node:fs");
const { createServer, request } = require("node:http");
const { join } = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");

const ROOT = join(__dirname, "..", "..");
const cli = (/** @type {string} */ path) => require(join(ROOT, "cli", "dist", path));
const sdk = (/** @type {string} */ name) =>
  require(require.resolve(`@aws-sdk/client-${name}`, { paths: [join(ROOT, "cli"), ROOT] }));

/** @type {readonly [work: string, count: string]} */
const [work, count] = /** @type {any} */ (process.argv.slice(2));
const SECRET = "webhook secret";
const SERVICES = ["webhook", "scale-up", "scale-down", "reconcile", "program"].map(
  (name) => `runner-${name}`,
);

/** GitHub as far as an instance needs it: a token, and the configuration of a runner. */
function gitHub() {
  let id = 0;
  const server = createServer((asked, response) => {
    const answer = (/** @type {number} */ status, /** @type {object} */ body) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    asked.resume().on("end", () => {
      const expires = new Date(Date.now() + 3_600_000).toISOString();
      if (asked.url?.endsWith("/access_tokens")) answer(201, { token: "ghs_1", expires_at: expires });
      else if (asked.url?.endsWith("/generate-jitconfig")) {
        id += 1;
        answer(201, {
          runner: { id, name: `r${id}`, labels: [], status: "offline", busy: false },
          encoded_jit_config: "e30=",
        });
      } else answer(200, { runners: [], repositories: [], workflow_runs: [], jobs: [] });
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** The stack, as `main.ts` makes it of an environment with runners. */
function configuration(/** @type {string} */ secretArn, /** @type {string} */ apiUrl) {
  const { Testing } = require("cdktf");
  const { environments } = require(join(ROOT, "dist", "overlays"));
  const { platform } = require(join(ROOT, "dist", "platform"));
  const { RunnersStack } = require(join(ROOT, "dist", "stacks", "runners"));
  const [dev] = environments;
  const digits = "a".repeat(64);
  const pool = {
    labels: ["linux", "x64"],
    groupId: 1,
    max: 1000,
    architecture: "x64",
    system: "ubuntu",
    instanceTypes: ["m7i.large"],
    spot: true,
    diskGb: 50,
    containerMetadata: false,
    proxy: false,
  };
  const runners = {
    ...dev.runners,
    enabled: true,
    owner: "octo",
    installationId: 5,
    secretArn,
    apiUrl,
    program: { version: "2.340.0", sha256: { x64: digits, arm64: digits } },
    pools: { small: pool },
  };
  const environment = { ...dev, runners };
  const made = JSON.parse(
    Testing.synth(new RunnersStack(Testing.app(), { platform, environment, promotedFrom: undefined })),
  );
  delete made.terraform.backend;
  return { text: JSON.stringify(made), platform, dev };
}

/** What the stack stands on: a network, the app's secret, and the functions. @returns the secret's ARN */
async function surroundings(/** @type {any} */ { platform, dev }, /** @type {string} */ privateKey) {
  const { CreateSubnetCommand, CreateVpcCommand, EC2Client } = sdk("ec2");
  const { CreateBucketCommand, PutBucketVersioningCommand, S3Client } = sdk("s3");
  const { CreateSecretCommand, SecretsManagerClient } = sdk("secrets-manager");
  const { PutParameterCommand, SSMClient } = sdk("ssm");
  const ec2 = new EC2Client({});
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc.VpcId, CidrBlock: "10.0.1.0/24" }));
  const Value = JSON.stringify({ vpcId: Vpc.VpcId, privateSubnetIds: [Subnet.SubnetId] });
  const place = `/${platform.name}/${dev.name}`;
  await new SSMClient({}).send(new PutParameterCommand({ Name: `${place}/network`, Type: "String", Value }));
  const s3 = new S3Client({ forcePathStyle: true });
  const Bucket = "bench-artifacts";
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const store = new (cli("artifact/store").ArtifactStore)({ bucket: Bucket, region: dev.region });
  const project = cli("project/project").findProject();
  for (const service of SERVICES) {
    const built = await cli("artifact/lambda/build").buildArtifact(
      project,
      cli("artifact/service").serviceNamed(project, service),
      { typecheck: false },
    );
    const { artifact } = await cli("artifact/publish").publish(store, built);
    const pinned = { account: dev.account, region: dev.region, environment: dev.name, service };
    await new (cli("artifact/pins").Pins)(store, {
      ...pinned,
      parameter: `${place}/${service}/artifact`,
    }).pin(artifact);
  }
  const SecretString = JSON.stringify({ appId: "1", privateKey, webhookSecret: SECRET });
  const { ARN } = await new SecretsManagerClient({}).send(
    new CreateSecretCommand({ Name: "app", SecretString }),
  );
  return ARN;
}

/** Sends a webhook of a queued job. */
function send(/** @type {string} */ webhook, /** @type {number} */ id) {
  const body = JSON.stringify({
    action: "queued",
    workflow_job: { id, labels: ["self-hosted", "linux"], created_at: new Date().toISOString() },
    repository: { name: "one", owner: { login: "octo" } },
  });
  const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
  const { host, port, pathname } = new URL(webhook);
  const headers = { host, "x-github-event": "workflow_job", "x-hub-signature-256": signature };
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path: pathname, method: "POST", headers }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    });
    asked.on("error", reject).end(body);
  });
}

/** Milliseconds from a webhook to its instance. */
async function timeOf(/** @type {string} */ webhook, /** @type {number} */ id) {
  const { DescribeInstancesCommand, EC2Client } = sdk("ec2");
  const ec2 = new EC2Client({});
  const Filters = [{ Name: "tag:groundplan:job", Values: [String(id)] }];
  const begun = performance.now();
  const status = await send(webhook, id);
  if (status !== 202) throw new Error(`the webhook was answered with ${status}`);
  for (;;) {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
    if (Reservations.length > 0) return performance.now() - begun;
    if (performance.now() - begun > 60_000) throw new Error(`no instance was started for job ${id}`);
    await sleep(20);
  }
}

async function main() {
  const { down, environment, up } = require(
    require.resolve("@groundplan/local", { paths: [join(ROOT, "cli")] }),
  );
  const stateDirectory = join(work, "runners");
  const server = await gitHub();
  try {
    Object.assign(process.env, environment(await up({ port: 0, stateDirectory, persist: false })));
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app-Ab1Cd2";
    const secretArn = await surroundings(configuration(arn, "https://api.github.com"), String(pem));
    const apiUrl = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
    writeFileSync(join(work, "cdk.tf.json"), configuration(secretArn, apiUrl).text);
    const env = {
      ...process.env,
      ...cli("terraform/mirror").providerEnvironment(join(work, "terraform.rc"), process.env),
    };
    delete env.AWS_CA_BUNDLE;
    const terraform = (/** @type {string[]} */ ...args) => {
      const ended = spawnSync("terraform", args, { cwd: work, env, encoding: "utf8", maxBuffer: 1e8 });
      if (ended.status !== 0) throw new Error(`terraform ${args[0]}\n${ended.stdout}${ended.stderr}`);
      return ended.stdout;
    };
    terraform("init", "-input=false", "-no-color");
    terraform("apply", "-input=false", "-no-color", "-auto-approve");
    const webhook = JSON.parse(terraform("output", "-json", "webhook_url"));
    const times = [];
    // The first has functions start.
    for (let id = 0; id <= Number(count); id += 1) times.push(await timeOf(webhook, id + 1));
    process.stdout.write(JSON.stringify(times.slice(1)));
  } finally {
    server.close();
    server.closeAllConnections();
    await down({ stateDirectory });
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
