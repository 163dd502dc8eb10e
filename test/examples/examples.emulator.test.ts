import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { EKSClient, ListPodIdentityAssociationsCommand } from "@aws-sdk/client-eks";
import { build } from "../cli/groundplan";
import { type Emulator, startEmulator } from "../emulator";
import { TerraformFolder } from "../terraform";
import { InstalledExamples } from "./installed";

const CREDENTIALS = { accessKeyId: "groundplan-local", secretAccessKey: "any" };
const ROOT = join(__dirname, "..", "..");

let emulator: Emulator;
let examples: InstalledExamples;
const folders: TerraformFolder[] = [];

/** What each example has come to. They run beside each other: of a state bucket's minute most is the provider's waiting. */
let runs: Readonly<Record<"vpc" | "function" | "state" | "plan" | "cluster", Promise<unknown>>>;

beforeAll(async () => {
  build();
  execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-b", "modules"], {
    cwd: ROOT,
  });
  examples = new InstalledExamples();
  emulator = await startEmulator();
  runs = {
    cluster: deployCluster(),
    function: deployFunction(),
    state: moveState(),
    vpc: deployVpc(),
    plan: planQueue(),
  };
  await Promise.allSettled(Object.values(runs));
});

afterAll(async () => {
  for (const folder of folders) folder.remove();
  await emulator?.stop();
  examples?.remove();
});

/** The installed command line in an example, led to the emulator. */
function groundplan(name: string, ...args: readonly string[]): Promise<string> {
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(?:AWS|TF)_(?!CLI_CONFIG)|^CI$|^FORCE_COLOR$/.test(key),
  );
  return examples.groundplan(name, args, { ...Object.fromEntries(inherited), ...emulator.environment });
}

/** Applies a synthesized stack. @returns its outputs, and the exit code of a second plan. */
async function apply(name: string, stack: string) {
  const folder = new TerraformFolder(emulator.environment, emulator.provider);
  folders.push(folder);
  const synthesized = join(examples.folder(name), "cdktf.out", "stacks", stack);
  for (const file of readdirSync(synthesized)) {
    if (file.endsWith(".json")) copyFileSync(join(synthesized, file), join(folder.path, file));
  }
  copyFileSync(join(ROOT, ".terraform.lock.hcl"), join(folder.path, ".terraform.lock.hcl"));
  await folder.succeed("init", "-input=false", "-no-color");
  await folder.succeed("apply", "-auto-approve", "-input=false", "-no-color");
  const outputs = JSON.parse(await folder.succeed("output", "-json")) as Readonly<
    Record<string, { value: unknown }>
  >;
  const { code } = await folder.run("plan", "-detailed-exitcode", "-input=false", "-no-color");
  return { outputs, secondPlan: code };
}

async function deployVpc() {
  await examples.synthesize("vpc");
  return apply("vpc", "network");
}

async function deployCluster() {
  await examples.synthesize("eks-pod-identity");
  return apply("eks-pod-identity", "cluster");
}

async function deployFunction() {
  await groundplan("function-behind-api", "bootstrap");
  return apply("function-behind-api", "dev-api");
}

async function moveState() {
  const bootstrap = await groundplan("state-in-s3", "bootstrap");
  return { bootstrap, ...(await apply("state-in-s3", "orders")) };
}

async function planQueue() {
  await groundplan("plan-comments", "plan");
  return groundplan("plan-comments", "report", "--format", "markdown");
}

/** Asks an API of the emulator: `*.localhost` is not everywhere this machine. */
function ask({ host, port, pathname: path }: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, path, headers: { host } }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk);
      resolve(Buffer.concat(chunks).toString());
    });
    call.on("error", reject).end();
  });
}

test("vpc is applied, and a second plan is empty", async () => {
  expect(await runs.vpc).toMatchObject({
    secondPlan: 0,
    outputs: {
      vpc_id: { value: expect.stringMatching(/^vpc-/) },
      private_subnet_ids: { value: { length: 2 } },
    },
  });
});

test("eks-pod-identity is applied, and a second plan is empty", async () => {
  expect(await runs.cluster).toMatchObject({
    secondPlan: 0,
    outputs: { admin_role_arn: { value: expect.stringMatching(/^arn:aws:iam::123456789012:role\//) } },
  });
  const { AWS_ENDPOINT_URL: endpoint = "" } = emulator.environment;
  const eks = new EKSClient({ endpoint, region: "us-east-1", credentials: CREDENTIALS });
  const { associations = [] } = await eks.send(
    new ListPodIdentityAssociationsCommand({ clusterName: "store" }),
  );
  expect(associations).toContainEqual(
    expect.objectContaining({ namespace: "store", serviceAccount: "reports" }),
  );
});

test("function-behind-api is bootstrapped and applied, and answers", async () => {
  const { outputs, secondPlan } = (await runs.function) as Awaited<ReturnType<typeof apply>>;
  expect(secondPlan).toBe(0);
  expect(await ask(new URL(`${outputs.invoke_url?.value}/hello/Ada`))).toBe('{"message":"Hello, Ada"}');
});

test("state-in-s3 keeps the state of the stack that was there in the bucket", async () => {
  expect(await runs.state).toMatchObject({
    bootstrap: expect.stringContaining("created"),
    secondPlan: 0,
    outputs: { topic_arn: { value: "arn:aws:sns:us-east-1:123456789012:orders-placed" } },
  });
  expect(await groundplan("state-in-s3", "state", "versions", "orders")).toContain("current");
});

test("plan-comments is planned, and its report is what a comment says", async () => {
  expect(await runs.plan).toContain("**Plan:** 1 to add, 0 to change, 0 to destroy");
});
