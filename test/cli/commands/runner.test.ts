import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { addRunner } from "../../../cli/commands/runner";
import { EXIT } from "../../../cli/console/exit-codes";
import { RUNNER_FORMATS } from "../../../cli/runner/formats";
import { gitHubSession } from "../../../services/runner-core/src/github/session";
import { operationOf } from "../../../services/runner-core/src/operation";
import { GitHubServer } from "../../services/runner-core/github/server";
import { type Invocation, SETTINGS, World } from "../../services/runner-core/model/world";
import { temporaryFolder } from "../../temporary-folder";
import { inProcess } from "../in-process";
import { Account } from "./runner/account";

const CALM: Invocation = { trouble: {}, lag: 0 };

let account: Account;
let github: GitHubServer;
let world: World;
let folder: string;

/** A function as a stack declares it. */
const declared = (environment: string, service: string) => ({
  kind: "lambda",
  environment,
  service,
  pin: `/acme/${environment}/pins/${service}`,
  contract: `/acme/${environment}/contracts/${service}`,
  region: "us-east-1",
  account: "123456789012",
  functionName: `acme-${environment}-${service}`,
  alias: "live",
  addresses: { function: "aws_lambda_function.a", alias: "aws_lambda_alias.a", canaryAlarms: [] },
});

/** Writes a project whose environments have runners, as it is synthesized. */
function project(...environments: readonly string[]): void {
  rmSync(folder, { recursive: true, force: true });
  const stacks: Record<string, object> = {};
  for (const environment of environments) {
    const name = `${environment}-runners`;
    mkdirSync(join(folder, "cdktf.out", "stacks", name), { recursive: true });
    const value = ["runner-webhook", "runner-scale-down"].map((service) => declared(environment, service));
    writeFileSync(
      join(folder, "cdktf.out", "stacks", name, "cdk.tf.json"),
      JSON.stringify({ output: { deployables: { value } } }),
    );
    stacks[name] = {
      name,
      constructPath: name,
      workingDirectory: `stacks/${name}`,
      synthesizedStackPath: `stacks/${name}/cdk.tf.json`,
      annotations: [],
      dependencies: [],
    };
  }
  mkdirSync(join(folder, "cdktf.out"), { recursive: true });
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ language: "typescript", app: "true" }));
  writeFileSync(join(folder, "cdktf.out", "manifest.json"), JSON.stringify({ version: "0.21.0", stacks }));
}

beforeEach(async () => {
  folder = temporaryFolder("runner");
  project("dev");
  jest.spyOn(process, "cwd").mockReturnValue(folder);
  [account, github] = await Promise.all([Account.start(), GitHubServer.start()]);
  world = new World();
  const secret = { appId: "1", privateKey: github.privateKey, webhookSecret: "s" };
  const session = gitHubSession(
    { ...SETTINGS, apiUrl: github.url },
    async () => secret,
    () => Date.now() / 1000,
  );
  account.handler = async (event) => {
    const asked = operationOf(event);
    const programs = { current: async () => undefined };
    return asked && world.operate(asked, CALM, { sessionOf: () => session, programs });
  };
});

afterEach(async () => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
  account.stop();
  await github.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]) => inProcess(addRunner, ["runner", ...args], account.environment());

/** What a command prints as JSON, which is of its schema. */
async function json(command: string, ...args: readonly string[]) {
  const { stdout, stderr } = await run(command, ...args, "--json");
  if (stdout === "") throw new Error(stderr);
  const document = JSON.parse(stdout);
  const check = new Ajv().compile(RUNNER_FORMATS[`runner-${command}`] as object);
  expect(check(document) ? [] : check.errors).toEqual([]);
  return document;
}

/** Two instances, of which one is busy. */
async function started(): Promise<void> {
  for (let job = 0; job < 2; job++) world.queue(false);
  while (world.webhooks.length > 0) await world.deliver(0, false, CALM);
  await world.scaleUp(10, CALM);
  world.ec2.boot();
  world.github.assign(1);
  world.remember();
}

test("list and status ask the alias of the fleet's function, and show what it says", async () => {
  await started();
  const list = await json("list");
  expect(list.instances.map(({ state }: { state: string }) => state).sort()).toEqual(["busy", "idle"]);
  expect(list.environment).toBe("dev");
  expect(account.invoked).toEqual(["acme-dev-runner-scale-down:live"]);
  expect((await json("status")).pools).toMatchObject([
    { name: "small", busy: 1, idle: 1, waiting: 1 },
    { name: "large", busy: 0 },
  ]);
  expect((await run("list", "dev")).stdout).toMatch(/small +busy/);
  expect((await run("status")).stdout).toMatch(/small +linux +1 +0 +1 +1 +0 +4/);
});

test("who waits until nothing runs is told how many jobs still do", async () => {
  await started();
  const { code, stderr } = await run("status", "--until-idle", "0");
  expect(code).toBe(EXIT.HELD);
  expect(stderr).toMatch(/2 jobs are not finished/);
  world.github.cancel(0);
  world.github.cancel(0);
  world.ec2.finish(false);
  world.remember();
  expect((await run("status", "--until-idle", "0")).code).toBe(0);
});

test("an empty fleet is nothing wrong", async () => {
  expect(await run("list")).toMatchObject({ code: 0, stdout: "No instance runs: none is needed\n" });
});

test("retire ends an instance that waits; a busy one stays, and it is said why", async () => {
  await started();
  const { instances } = await json("list");
  const id = (state: string) => instances.find((one: { state: string }) => one.state === state).id;
  const busy = await run("retire", id("busy"));
  expect(busy.code).toBe(1);
  expect(busy.stderr).toMatch(/its runner has a job/);
  expect((await json("retire", id("busy"))).outcome).toBe("busy");
  expect(await run("retire", id("idle"))).toMatchObject({ code: 0, stdout: `Ended: ${id("idle")}\n` });
  expect(world.ec2.running).toHaveLength(1);
  expect((await run("retire", "i-0123456789abcdef0")).stderr).toMatch(/none of the fleet's/);
  expect((await run("retire", "all")).code).toBe(2);
});

test("start orders an instance, and says why not when there is no room or no such pool", async () => {
  expect((await json("start", "small")).outcome).toBe("ordered");
  expect(await run("start", "large")).toMatchObject({
    code: 0,
    stdout: "Started: one instance of pool large is on its way\n",
  });
  const unknown = await run("start", "tiny");
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/there is no such pool/)]);
  world.time += 1;
  await world.scaleUp(10, CALM);
  for (let count = 0; count < 3; count++) {
    world.time += 1;
    await run("start", "small");
    await world.scaleUp(10, CALM);
    world.remember();
  }
  expect((await run("start", "small")).stderr).toMatch(/as many as it may have/);
});

test.each<[readonly string[], string, string | undefined]>([
  [[], "/groundplan/runners/acme-dev/boot", undefined],
  [
    ["--source", "nginx", "--instance", "i-0123456789abcdef0"],
    "/groundplan/runners/acme-dev/nginx",
    "i-0123456789abcdef0",
  ],
  [["--source", "scale-up"], "/aws/lambda/acme-dev-runner-scale-up", undefined],
  [["--source", "listener"], "/ecs/acme-dev-runner-listener", undefined],
])("logs %p reads the group %s", async (options, group, prefix) => {
  account.logs = ["BOOT FAILED in step packages\n"];
  const { code, stdout } = await run("logs", "dev", ...options);
  expect([code, stdout]).toEqual([0, "1970-01-01T00:00:00.000Z i-1 BOOT FAILED in step packages\n"]);
  expect(account.logsRead).toMatchObject([{ logGroupName: group }]);
  expect(account.logsRead[0]?.logStreamNamePrefix).toBe(prefix);
});

test("logs refuses what is no source, no instance and no time", async () => {
  expect((await run("logs", "dev", "--instance", "all")).code).toBe(2);
  await expect(run("logs", "dev", "--source", "everything")).rejects.toThrow(/Allowed choices are boot/);
  await expect(run("logs", "dev", "--since", "yesterday")).rejects.toThrow(/use 15m to 90d/);
  expect(account.logsRead).toEqual([]);
});

test("doctor finds nothing where all is right", async () => {
  const { ok, findings } = await json("doctor");
  expect(findings.filter(({ level }: { level: string }) => level !== "ok")).toEqual([]);
  expect(ok).toBe(true);
  expect(findings.map(({ check }: { check: string }) => check)).toEqual(
    expect.arrayContaining(["App", "Rights", "Webhook", "Runner group 1", "Image of small", "Quota spot"]),
  );
});

test.each<[string, () => void, RegExp, number]>([
  [
    "an image of the other processor",
    () => {
      account.imageArchitecture = "arm64";
    },
    /✗ Image of small: image ami-1 is of arm64, and m7i.large would not start it/,
    1,
  ],
  [
    "a quota that full pools exceed",
    () => {
      account.quota = 5;
    },
    /! Quota spot: full pools need 16 processors.*5.*\n +aws service-quotas request/,
    0,
  ],
  [
    "a webhook that goes elsewhere",
    () => {
      account.webhookUrl = "https://new.example.com/webhook";
    },
    /✗ Webhook: it goes to .*\n.*set the address to https:\/\/new/,
    1,
  ],
  [
    "a function that is not deployed",
    () => {
      account.handler = undefined;
    },
    /✗ Functions: function acme-dev-runner-scale-down is not there.*\n.*groundplan apply dev-runners/,
    1,
  ],
  [
    "a function that is older than the command",
    () => {
      account.handler = async () => undefined;
    },
    /✗ Functions: .*older than this command\n.*artifact deploy dev --service runner-scale-down/,
    1,
  ],
  [
    "credentials of another account",
    () => {
      account.account = "999999999999";
    },
    /✗ Functions: the credentials are of account 999999999999/,
    1,
  ],
])("doctor finds %s, and says what mends it", async (_, plant, found, code) => {
  plant();
  const { stdout } = await run("doctor");
  expect(stdout).toMatch(found);
  expect(process.exitCode ?? 0).toBe(code);
});

test("a function that fails is said with its log, and one that refuses with the doctor", async () => {
  account.handler = () => Promise.reject(new Error("RUNNER_SETTINGS is not set"));
  expect((await run("list")).stderr).toMatch(/failed: RUNNER_SETTINGS is not set\n.*\/aws\/lambda\/acme-dev/);
  account.handler = async () => ({ refused: "Bad credentials" });
  expect((await run("list")).stderr).toMatch(/Bad credentials\n.*runner doctor dev/);
});

test("of several environments one is named, and one without runners is refused", async () => {
  project("dev", "prod");
  expect((await run("list")).stderr).toMatch(/several environments have runners\n.*dev, prod/);
  expect((await run("list", "prod")).code).toBe(0);
  expect(account.invoked).toEqual(["acme-prod-runner-scale-down:live"]);
  expect((await run("list", "test")).stderr).toMatch(/environment "test" has no runners/);
  project();
  expect((await run("list", "dev")).stderr).toMatch(/no stack has runners/);
});
