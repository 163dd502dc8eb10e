import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundle } from "../../../cli/artifact/bundle";
import { serviceNamed } from "../../../cli/artifact/service";
import { findProject } from "../../../cli/project/project";
import { jobIdOf } from "../../../services/runner-core/src/requests";
import { temporaryFolder } from "../../temporary-folder";
import { AccountServer } from "./aws/account-server";
import { GitHubServer } from "./github/server";
import { SETTINGS } from "./model/world";

/*
 * The bundles that are deployed, in processes of their own, which are ended by kill -9 after each of their requests in turn:
 * it has had its effect, and no answer comes. What GitHub or SQS then sends again has to come to one instance.
 */

const HOOK_SECRET = "webhook secret";

/** Calls the handler, as Lambda does. */
const RUNNER = `require(process.argv[2]).handler(JSON.parse(process.argv[3])).then(
  (answer) => process.stdout.write("\\nANSWER " + JSON.stringify(answer) + "\\n", () => process.exit(0)),
  (error) => { console.error(error); process.exit(1); });`;

let folder: string;
let github: GitHubServer;
let account: AccountServer;

beforeAll(async () => {
  folder = temporaryFolder("runner-kills");
  writeFileSync(join(folder, "run.cjs"), RUNNER);
  const project = findProject();
  for (const name of ["runner-webhook", "runner-scale-up", "runner-listener"])
    writeFileSync(join(folder, `${name}.js`), (await bundle(serviceNamed(project, name), "node22")).code);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  [github, account] = await Promise.all([GitHubServer.start(), AccountServer.start()]);
  account.secret = JSON.stringify({ appId: "1", privateKey: github.privateKey, webhookSecret: HOOK_SECRET });
});

afterEach(() => Promise.all([github.stop(), account.stop()]));

/** Starts a bundle. */
function start(...args: readonly string[]): ChildProcess {
  const [pool] = SETTINGS.pools;
  const settings = {
    ...SETTINGS,
    apiUrl: github.url,
    queueUrl: `${account.url}/123456789012/orders`,
    ...(args.length > 1 ? {} : { scaleSets: true, pools: [pool] }),
  };
  return spawn(process.execPath, [...args], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: account.url,
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      ...(args.length > 1
        ? { RUNNER_SETTINGS: JSON.stringify(settings) }
        : { RUNNER_SETTINGS_BASE64: Buffer.from(JSON.stringify(settings)).toString("base64") }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** How a process ended. */
function endOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  // What nobody reads would hold its end back.
  for (const stream of [child.stdout, child.stderr]) stream?.resume();
  return new Promise((resolve) => child.on("close", (...how) => resolve(how)));
}

/** Runs a function. @param killAt - the request after which it is killed. @returns its answer; undefined when it was killed */
async function run(name: string, event: object, killAt?: number): Promise<unknown> {
  const child = start(join(folder, "run.cjs"), join(folder, `${name}.js`), JSON.stringify(event));
  let requests = 0;
  const isAnswered = () => {
    if (requests++ !== killAt) return true;
    child.kill("SIGKILL");
    return false;
  };
  account.onRequest = isAnswered;
  github.onRequest = () => void isAnswered();
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (output += String(data)));
  const [code, signal] = await endOf(child);
  if (signal === "SIGKILL") return undefined;
  if (code !== 0) throw new Error(output);
  return JSON.parse(/^ANSWER (.*)$/m.exec(output)?.[1] ?? "null");
}

const ORDER = { jobId: 7, pool: "small", attempt: 1 };

test("runner-webhook, killed after any request: GitHub sends the webhook again, and the order is the same", async () => {
  const body = JSON.stringify({
    action: "queued",
    workflow_job: { id: 7, labels: ["self-hosted", "linux"], created_at: new Date().toISOString() },
    repository: { name: "one", owner: { login: "octo" } },
  });
  const signature = `sha256=${createHmac("sha256", HOOK_SECRET).update(body).digest("hex")}`;
  const event = { headers: { "x-github-event": "workflow_job", "x-hub-signature-256": signature }, body };
  let kills = 0;
  for (let isKilled = true; isKilled; ) {
    account.messages.length = 0;
    isKilled = (await run("runner-webhook", event, kills)) === undefined;
    if (isKilled) {
      kills++;
      expect(await run("runner-webhook", event)).toMatchObject({ statusCode: 202 });
    }
    expect([...new Set(account.messages)]).toEqual([JSON.stringify(ORDER)]);
  }
  // The secret, and the order.
  expect(kills).toBe(2);
}, 120_000);

test("runner-scale-up, killed after any request: the message comes again, and there is one instance with one runner", async () => {
  const event = (receipts: number) => ({
    Records: [
      {
        messageId: "m-1",
        body: JSON.stringify(ORDER),
        attributes: { ApproximateReceiveCount: String(receipts) },
      },
    ],
  });
  let kills = 0;
  for (let isKilled = true; isKilled; ) {
    for (const one of [account.items, account.parameters, github.runners]) one.clear();
    account.instances.length = 0;
    account.forgetLaunches();
    isKilled = (await run("runner-scale-up", event(1), kills)) === undefined;
    if (isKilled) {
      kills++;
      account.endLeases();
      expect(await run("runner-scale-up", event(2))).toEqual({ batchItemFailures: [] });
    }
    expect(account.instances).toHaveLength(1);
    const [{ id, tags } = { id: "", tags: {} as Record<string, string> }] = account.instances;
    const runner = tags["groundplan:runner"] ?? "";
    expect([...github.runners.keys()].map(String)).toContain(runner);
    // The one that may read the configuration is the instance.
    expect(account.parameters.get(`${SETTINGS.parameterPath}/${runner}`)?.tags).toEqual({
      "groundplan:instance": `${SETTINGS.instanceArns}${id}`,
    });
    expect(account.items.get("job#7/start")?.instanceId).toEqual({ S: id });
  }
  // Instances, claim, secret, token, runner, parameter, note, launch, reader, note.
  expect(kills).toBeGreaterThanOrEqual(10);
}, 600_000);

/** Listens until what it is to do is done. @param killAt - the request after which it is killed instead. */
async function listens(isDone: () => boolean, killAt?: RegExp): Promise<NodeJS.Signals | number | null> {
  const child = start(join(folder, "runner-listener.js"));
  const isAnswered = (what: string) => {
    if (!killAt?.test(what)) return true;
    child.kill("SIGKILL");
    return false;
  };
  account.onRequest = isAnswered;
  github.onRequest = isAnswered;
  let isOver = false;
  const over = endOf(child).finally(() => {
    isOver = true;
  });
  while (!isOver && !isDone()) await sleep(20);
  child.kill("SIGTERM");
  const [code, signal] = await over;
  return signal ?? code;
}

test("runner-listener, killed after what it asks for a message: the next one gets it, and the order is the same", async () => {
  const hasSession = () => github.scaleSets.sessions.size > 0;
  // It is told to end, and ends its session.
  expect([await listens(hasSession), hasSession()]).toEqual([0, false]);
  const [set] = github.scaleSets.sets.keys();
  for (const request of [/^GET \/queue/, /SendMessageBatch$/, /^DELETE \/queue/]) {
    for (const one of [account.items, github.scaleSets.sessions]) one.clear();
    account.messages.length = 0;
    const asked = github.scaleSets.queue(set ?? 0);
    expect([request, await listens(() => false, request)]).toEqual([request, "SIGKILL"]);
    // GitHub ends the session of one that asks no more.
    expect(hasSession()).toBe(true);
    github.scaleSets.sessions.clear();
    expect(await listens(() => hasSession() && github.scaleSets.messages.length === 0)).toBe(0);
    const jobId = jobIdOf("", "small", asked);
    expect([...new Set(account.messages)]).toEqual([JSON.stringify({ jobId, pool: "small", attempt: 1 })]);
    expect([...account.items.keys()].filter((key) => key.startsWith("marks/request/"))).toEqual([
      `marks/request//small/${jobId}`,
    ]);
  }
}, 600_000);
