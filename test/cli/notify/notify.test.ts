import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { addNotify } from "../../../cli/commands/notify";
import { post } from "../../../cli/notify/post";
import { temporaryFolder } from "../../temporary-folder";
import { inProcess } from "../in-process";
import { Receiver } from "./receiver";

const SECRET_PATH = "/services/T000/B000/very-secret-webhook";
const KEY = "0123456789abcdef0123456789abcdef";
const ABOUT = ["--environment", "prod", "--service", "app"];

let receiver: Receiver;
afterEach(() => receiver?.stop());

const notify = (args: readonly string[], env: Record<string, string> = {}) =>
  inProcess(addNotify, ["notify", ...args], env);

const send = (url: string, pause = 1) =>
  post({
    to: "Slack",
    url: new URL(url),
    body: { text: "t", blocks: [] },
    secrets: [],
    advice: () => "do this",
    pause,
  });

test("sends a message to Slack, of the variable's URL or a file's, and shows neither", async () => {
  receiver = await Receiver.slack();
  const url = receiver.url + SECRET_PATH;
  const first = await notify(["slack", "deploy-started", ...ABOUT, "--release", "1.2.0"], {
    SLACK_WEBHOOK_URL: url,
  });
  expect(first).toEqual({
    code: 0,
    stdout: "Sent to Slack: Deploy started: app in prod, 1.2.0\n",
    stderr: "",
  });
  const file = join(temporaryFolder("secret"), "url");
  writeFileSync(file, `${url}\n`);
  const second = await notify(["slack", "deploy-succeeded", ...ABOUT, "--url-file", file, "--json"]);
  expect(JSON.parse(second.stdout)).toEqual({
    format: "groundplan.notify",
    version: 1,
    channel: "slack",
    event: "deploy-succeeded",
    sent: true,
    tries: 1,
  });
  expect(receiver.paths).toEqual([SECRET_PATH, SECRET_PATH]);
  expect(receiver.bodies.map(({ text }) => text)).toEqual([
    "🚀 Deploy started: app in prod, 1.2.0",
    "✅ Deploy succeeded: app in prod",
  ]);
});

test("begins one incident however often it is told, and a success ends it", async () => {
  receiver = await Receiver.pagerDuty(KEY);
  const env = { PAGERDUTY_ROUTING_KEY: KEY, PAGERDUTY_EVENTS_URL: `${receiver.url}/v2/enqueue` };
  for (const event of ["canary-aborted", "rolled-back", "rolled-back", "deploy-succeeded"]) {
    expect(await notify(["pagerduty", event, ...ABOUT], env)).toMatchObject({ code: 0, stderr: "" });
  }
  expect(receiver.bodies.map(({ event_action, dedup_key }) => [event_action, dedup_key])).toEqual(
    ["trigger", "trigger", "trigger", "resolve"].map((action) => [action, "groundplan/prod/app/delivery"]),
  );
});

test("a refusal is told with what to do, and no secret is in it", async () => {
  receiver = await Receiver.start((body) => ({
    status: 400,
    text: `invalid: ${JSON.stringify(body)} ${SECRET_PATH}`,
  }));
  const runs = [
    await notify(["pagerduty", "rolled-back", ...ABOUT], {
      PAGERDUTY_ROUTING_KEY: KEY,
      PAGERDUTY_EVENTS_URL: receiver.url + SECRET_PATH,
    }),
    await notify(["slack", "rolled-back", ...ABOUT], { SLACK_WEBHOOK_URL: receiver.url + SECRET_PATH }),
  ];
  for (const { code, stdout, stderr } of runs) {
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /did not take the message: it answers 400: invalid.*\n {2}at http:\/\/127\.0\.0\.1:\d+, try 1 of 6\n {2}.*look at/s,
    );
    expect(stdout + stderr).not.toMatch(/0123456789abcdef|very-secret|T000/);
  }
});

test("an address that is none, and a secret that is not there, are named without their text", async () => {
  const wrong = await notify(["slack", "rolled-back", ...ABOUT], {
    SLACK_WEBHOOK_URL: "http://hooks.example/very-secret",
  });
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("SLACK_WEBHOOK_URL holds no address: it begins with http://"),
  });
  expect(wrong.stderr).not.toContain("very-secret");
  const nothing = { SLACK_WEBHOOK_URL: "", PAGERDUTY_ROUTING_KEY: "" };
  expect(await notify(["slack", "rolled-back", ...ABOUT], nothing)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("SLACK_WEBHOOK_URL is not set"),
  });
  expect(await notify(["pagerduty", "rolled-back", ...ABOUT, "--if-configured"], nothing)).toMatchObject({
    code: 0,
    stdout: "Nothing sent: PAGERDUTY_ROUTING_KEY is not set\n",
  });
});

test("a dry run prints what would be sent, needs no secret, and prints none", async () => {
  const dry = ["--dry-run", "--detail", "Critical=2", "--run-url", "https://ci.example/1"];
  const env = { PAGERDUTY_ROUTING_KEY: KEY, SLACK_WEBHOOK_URL: `https://hooks.example${SECRET_PATH}` };
  const page = await notify(["pagerduty", "scan-found", ...ABOUT, ...dry], env);
  expect(JSON.parse(page.stdout)).toMatchObject({
    routing_key: "(sensitive value)",
    dedup_key: "groundplan/prod/app/scan",
    client_url: "https://ci.example/1",
    payload: { custom_details: { Critical: "2" } },
  });
  const slack = await notify(["slack", "scan-found", ...ABOUT, ...dry], { SLACK_WEBHOOK_URL: "" });
  expect(JSON.parse(slack.stdout).text).toBe("🔴 Security scan found something: app in prod");
  expect(page.stdout).not.toContain(KEY);
});

test("five at once pass a Slack that takes one a second: each waits as long as it is told", async () => {
  receiver = await Receiver.slack(300);
  const sent = await Promise.all(Array.from({ length: 5 }, () => send(`${receiver.url}/a`)));
  expect(receiver.bodies).toHaveLength(5);
  expect(sent.map(({ tries }) => tries).sort()).not.toEqual([1, 1, 1, 1, 1]);
}, 60_000);

test("an answer of its own trouble, and none at all, are tried again; a redirect is not followed", async () => {
  const replies = [{ status: 503, text: "later" }, "broken" as const, { status: 200, text: "ok" }];
  receiver = await Receiver.start(
    () => replies.shift() ?? { status: 302, headers: { location: "https://elsewhere.example" } },
  );
  expect(await send(receiver.url)).toEqual({ answer: "ok", tries: 3 });
  await expect(send(receiver.url)).rejects.toThrow(/it answers 302:.*try 1 of 6/s);
});

test("who stays away, or wants to be left alone for long, is given up", async () => {
  receiver = await Receiver.start(() => ({ status: 500, text: "no" }));
  await expect(send(receiver.url)).rejects.toThrow(/it answers 500: no\n.*try 6 of 6/);
  const { url } = receiver;
  await receiver.stop();
  await expect(send(url)).rejects.toThrow(/there is no answer: ECONNREFUSED\n.*\n {2}look at the network/);
  receiver = await Receiver.start(() => ({ status: 429, headers: { "retry-after": "86400" } }));
  await expect(send(receiver.url)).rejects.toThrow(/it answers 429.*try 1 of 6/s);
});
