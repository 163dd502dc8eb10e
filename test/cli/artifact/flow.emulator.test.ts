import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, startEmulator } from "../../emulator";
import { CdktfProject, type Ended, ended, printed, succeeded } from "../../stacks/cdktf-project";

const ROOT = join(__dirname, "..", "..", "..");

let emulator: Emulator;
let project: CdktfProject;
/** Hashes of what was published, in order. */
const published: string[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
  project = new CdktfProject(emulator.environment);
  // A copy, since the test changes it.
  rmSync(join(project.path, "services"));
  const filter = (path: string) => !/api\/(?:dist|node_modules)/.test(path);
  cpSync(join(ROOT, "services"), join(project.path, "services"), { recursive: true, filter });
  succeeded(await project.cdktf("synth"));
  // Six seconds instead of staging's five minutes; prod is taken as it is.
  const stack = join(project.stack("staging-api"), "cdk.tf.json");
  const text = readFileSync(stack, "utf8");
  expect(text).toContain('\\"canaryMinutes\\" = 5}');
  writeFileSync(stack, text.replace('\\"canaryMinutes\\" = 5}', '\\"canaryMinutes\\" = 0.1}'));
  succeeded(await project.groundplan("bootstrap"));
}, 400_000);

afterAll(async () => {
  project?.remove();
  await emulator?.stop();
}, 60_000);

/** Runs a command of `groundplan artifact` that prints JSON, and nothing else, to standard output. */
async function artifact<T>(...args: readonly string[]): Promise<T> {
  const fast = ["deploy", "promote", "rollback"].includes(args[0] ?? "") ? ["--skip-synth"] : [];
  const run = await project.groundplan("artifact", ...args, ...fast, "--json");
  succeeded(run);
  return JSON.parse(run.stdout) as T;
}

/** Changes what the service answers to /health, in TypeScript, and publishes it. */
async function publishNext(status: string): Promise<string> {
  const file = join(project.path, "services", "api", "src", "routes.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace(/status: [^}]*/, `status: ${status} `));
  const { sha256, isNew } = await artifact<{ sha256: string; isNew: boolean }>("publish");
  expect(isNew).toBe(true);
  published.push(sha256);
  return sha256;
}

/** Starts a deploy, for a signal to end it. */
function startDeploy(...args: readonly string[]): ChildProcess {
  const script = join(ROOT, "cli", "bin", "groundplan.js");
  return spawn(process.execPath, [script, "artifact", "deploy", ...args, "--skip-synth"], {
    cwd: project.path,
    env: project.variables,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

interface Row {
  readonly environment: string;
  readonly pin: { readonly sha256: string } | null;
  readonly state: string;
}

const current = async () =>
  (await artifact<readonly Row[]>("current")).map(({ environment, pin, state }) => [
    environment,
    pin?.sha256,
    state,
  ]);

/** Where the API of an environment is. */
const urls = new Map<string, URL>();

/** Asks the API of an environment at its own address, as a client does that finds it at the gateway. */
async function ask(environment: string, path: string, method = "GET"): Promise<Record<string, unknown>> {
  const known = urls.get(environment);
  const url =
    known ??
    new URL(succeeded(await project.terraform(`${environment}-api`, "output", "-raw", "invoke_url")).trim());
  urls.set(environment, url);
  return new Promise((resolve, reject) => {
    const call = request(
      { host: "127.0.0.1", port: url.port, method, path, headers: { host: url.host } },
      async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk);
        resolve({ statusCode: answer.statusCode, ...JSON.parse(Buffer.concat(chunks).toString()) });
      },
    );
    call.on("error", reject).end();
  });
}

async function apply(stack: string): Promise<void> {
  succeeded(await project.terraform(stack, "init", "-input=false"));
  succeeded(await project.terraformWith(emulator.provider, stack, "apply", "-input=false", "-auto-approve"));
}

async function expectNoChanges(stack: string): Promise<void> {
  const plan = await project.terraformWith(
    emulator.provider,
    stack,
    "plan",
    "-input=false",
    "-detailed-exitcode",
  );
  expect(plan).toMatchObject({ code: 0, output: expect.stringContaining("No changes.") });
}

const ENVIRONMENTS = ["dev", "staging", "prod"];

/** Does something with the stack of every environment, at once. */
const ofAll = (work: (stack: string) => Promise<void>) =>
  Promise.all(ENVIRONMENTS.map((environment) => work(`${environment}-api`)));

const [FIRST, SECOND] = ["first", "second"];

test("bootstrap has pinned a first artifact, so the first deploy finds code", async () => {
  const rows = await current();
  const hash = rows[0]?.[1];
  expect(rows).toEqual(ENVIRONMENTS.map((name) => [name, hash, "stack not deployed"]));
  published.push(String(hash));
  await ofAll(apply);
  await ofAll(expectNoChanges);
  for (const environment of ENVIRONMENTS) {
    expect(await ask(environment, "/health")).toEqual({ statusCode: 200, status: "ok" });
    expect(await ask(environment, "/version")).toMatchObject({ sha256: hash });
  }
  // The service's own words, and not those of API Gateway.
  expect(await ask("dev", "/nothing")).toMatchObject({
    statusCode: 404,
    message: expect.stringMatching(/^there is no/),
  });
  expect(await ask("dev", "/health", "POST")).toMatchObject({
    statusCode: 405,
    message: expect.stringMatching(/^POST is not/),
  });
});

test("publish, deploy, list, and back: each time the state agrees", async () => {
  const next = await publishNext(JSON.stringify(FIRST));
  expect(await artifact("deploy", "dev")).toMatchObject({ outcome: "deployed", sha256: next });
  expect(await ask("dev", "/health")).toMatchObject({ status: FIRST });
  expect(await artifact("deploy", "dev")).toMatchObject({ outcome: "unchanged" });
  const listed = await artifact<readonly { sha256: string; environments: readonly string[] }[]>("list");
  expect(listed.map(({ sha256, environments }) => [sha256, environments])).toEqual([
    [next, ["dev"]],
    [published[0], ["staging", "prod"]],
  ]);
  expect(await artifact("rollback", "dev")).toMatchObject({ outcome: "deployed", sha256: published[0] });
  expect(await ask("dev", "/health")).toMatchObject({ status: "ok" });
  await expectNoChanges("dev-api");
  const again = await project.groundplan("artifact", "rollback", "dev", "--skip-synth");
  expect(again).toMatchObject({
    code: 2,
    output: expect.stringContaining("nothing of api ran in dev before"),
  });
});

test("an interrupted deploy loses nothing, and the same command completes it", async () => {
  const next = await publishNext(JSON.stringify(SECOND));
  const deploy = startDeploy("dev");
  const end: Promise<Ended> = ended(deploy);
  for (let rows = await current(); rows[0]?.[1] !== next && deploy.exitCode === null; rows = await current())
    await sleep(100);
  deploy.kill("SIGINT");
  expect((await end).code).toBe(130);
  // While it plans, what was pinned before is put back; later the new artifact is pinned, and runs or not.
  const [dev] = await current();
  expect([published[0], next]).toContain(dev?.[1]);
  expect(dev?.[2]).toMatch(/^get (?:another: its deploy was interrupted|it)$/);
  expect(await ask("dev", "/health")).toMatchObject({ statusCode: 200 });
  await artifact("deploy", "dev");
  expect(await ask("dev", "/version")).toMatchObject({ sha256: next });
  await expectNoChanges("dev-api");
});

test.each<[string, (id: string) => object, RegExp]>([
  [
    "that fails",
    (id) => ({ aws_lambda_function: { [id]: { memory_size: 1 } } }),
    /memory_size to be in the range/,
  ],
  [
    "of more than code",
    (id) => ({ aws_lambda_function: { [id]: { memory_size: 1024 } } }),
    /changes that are no code: memory_size of aws_lambda_function\.\w+ \(\d+, then 1024\)[\s\S]*npx cdktf deploy dev-api/,
  ],
])("a plan %s puts back what was pinned, and leaves no plan", async (_, resource, message) => {
  const before = await current();
  const plans = () =>
    readdirSync(project.temporary).filter((name) => name.startsWith("groundplan-artifact-"));
  const others = plans();
  const broken = join(project.stack("dev-api"), "broken_override.tf.json");
  const { resource: all } = JSON.parse(readFileSync(join(project.stack("dev-api"), "cdk.tf.json"), "utf8"));
  const [id = ""] = Object.keys(all.aws_lambda_function);
  writeFileSync(broken, JSON.stringify({ resource: resource(id) }));
  try {
    const refused = await project.groundplan(
      "artifact",
      "deploy",
      "dev",
      "--to",
      published[1] ?? "",
      "--skip-synth",
    );
    expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(message) });
  } finally {
    rmSync(broken, { force: true });
  }
  expect(await current()).toEqual(before);
  expect(plans()).toEqual(others);
});

test("step by step: an interruption says what is left, an alarm brings everybody back, and time completes it", async () => {
  const [good, before] = [published[2] ?? "", published[0] ?? ""];
  const broken = await publishNext('(() => { throw new Error("broken on purpose"); })()');
  const first = startDeploy("prod", "--to", broken);
  const end = ended(first);
  // Not as soon as the alias gives a tenth: Terraform still has to write its state then.
  await printed(first, "10 % of the traffic for another");
  first.kill("SIGINT");
  const { code, output } = await end;
  expect(code).toBe(130);
  expect(output).toContain(
    `10 % of the callers in prod still get ${broken.slice(0, 12)}, and nobody watches it`,
  );
  expect(output).toContain(
    `go on: npx groundplan artifact deploy prod --service api --to ${broken.slice(0, 12)}`,
  );
  expect((await current())[2]).toEqual(["prod", broken, "10 % get it: a gradual deploy is under way"]);

  const again = ended(startDeploy("prod", "--to", broken));
  let isOver = false;
  void again.finally(() => {
    isOver = true;
  });
  const statuses = new Set<unknown>();
  const callers = async () => {
    while (!isOver) {
      statuses.add((await ask("prod", "/health")).statusCode);
      // A tenth of two calls a second: more than one fault a minute, without keeping the machine busy.
      await sleep(500);
    }
  };
  const [promoted] = await Promise.all([artifact<{ outcome: string }>("promote", "staging"), callers()]);
  expect(promoted).toMatchObject({ outcome: "deployed", sha256: good });
  expect(await again).toMatchObject({
    code: 1,
    output: expect.stringMatching(
      new RegExp(
        `prod went back to ${before.slice(0, 12)}: an alarm went on while ${broken.slice(0, 12)} was tried\\n[\\s\\S]* {2}groundplan-prod-api-canary-errors \\(Threshold Crossed: 2 out of the last 5`,
      ),
    ),
  });
  expect(statuses).toEqual(new Set([200, 500]));
  expect((await current()).slice(1)).toEqual([
    ["staging", good, "get it"],
    ["prod", before, "get it"],
  ]);
  for (const [environment, sha256] of [
    ["staging", good],
    ["prod", before],
  ] as const)
    expect(await ask(environment, "/version")).toMatchObject({ sha256 });
  await ofAll(expectNoChanges);
  const refused = await project.groundplan("artifact", "deploy", "prod", "--to", good, "--skip-synth");
  expect(refused).toMatchObject({ code: 4, output: expect.stringContaining("prod has an alarm on") });
}, 400_000);

test("all three environments can be destroyed", async () => {
  await ofAll(async (stack) => {
    succeeded(
      await project.terraformWith(emulator.provider, stack, "destroy", "-input=false", "-auto-approve"),
    );
  });
}, 200_000);
