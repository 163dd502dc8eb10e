import { createHmac } from "node:crypto";
import { parseAppSecret } from "../../../services/runner-core/src/github/app-token";
import type { Order } from "../../../services/runner-core/src/order";
import type { Settings } from "../../../services/runner-core/src/settings";
import { type HttpEvent, MOST_BYTES, receive, receiveBy } from "../../../services/runner-core/src/webhook";
import { SETTINGS } from "./model/world";

const SECRET = "s3cret";
const NOW = Date.parse("2026-11-30T12:00:00Z") / 1000;
let sent: Order[];

beforeEach(() => {
  sent = [];
});

const JOB = {
  action: "queued",
  workflow_job: { id: 7, labels: ["self-hosted", "Linux"], created_at: "2026-11-30T11:59:58Z" },
  repository: { name: "one", owner: { login: "Octo" } },
};

const signed = (body: string, event = "workflow_job", secret = SECRET): HttpEvent => ({
  headers: {
    "x-github-event": event,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  },
  body,
});

const take = (
  event: HttpEvent,
  secret = SECRET,
  send = async (orders: readonly Order[]) => void sent.push(...orders),
  change: Partial<Settings> = {},
) =>
  receive(event, secret, {
    orders: { send },
    settings: { ...SETTINGS, repositories: ["one"], ...change },
    now: () => NOW,
    count: () => undefined,
    log: () => undefined,
  });

test("a queued job is ordered from the first pool that has its labels, in whatever case", async () => {
  expect((await take(signed(JSON.stringify(JOB)))).statusCode).toBe(202);
  expect(sent).toEqual([{ jobId: 7, pool: "small", attempt: 1 }]);
});

test("a body in Base64 is the same", async () => {
  const event = signed(JSON.stringify(JOB));
  const body = Buffer.from(event.body ?? "").toString("base64");
  expect((await take({ ...event, body, isBase64Encoded: true })).statusCode).toBe(202);
  expect(sent).toHaveLength(1);
});

test.each<[string, HttpEvent, number]>([
  ["a signature by another secret", signed(JSON.stringify(JOB), "workflow_job", "other"), 401],
  ["no signature", { headers: { "x-github-event": "workflow_job" }, body: JSON.stringify(JOB) }, 401],
  [
    "a signature that is none",
    { headers: { "x-github-event": "workflow_job", "x-hub-signature-256": "sha256=é" }, body: "{}" },
    401,
  ],
  ["a body that was changed", { ...signed(JSON.stringify(JOB)), body: `${JSON.stringify(JOB)} ` }, 401],
  ["more than GitHub sends", signed("x".repeat(MOST_BYTES + 1)), 413],
  ["no JSON", signed("{"), 400],
  ["null", signed("null"), 400],
  [
    "a job without labels",
    signed(JSON.stringify({ ...JOB, workflow_job: { ...JOB.workflow_job, labels: null } })),
    400,
  ],
  [
    "a job whose id is a text",
    signed(JSON.stringify({ ...JOB, workflow_job: { ...JOB.workflow_job, id: "7" } })),
    400,
  ],
  ["a ping", signed("{}", "ping"), 200],
  ["another event", signed("{}", "push"), 202],
  ["a job that has ended", signed(JSON.stringify({ ...JOB, action: "completed" })), 202],
  [
    "a job of GitHub's own runners",
    signed(JSON.stringify({ ...JOB, workflow_job: { ...JOB.workflow_job, labels: ["ubuntu-latest"] } })),
    202,
  ],
  [
    "a job of another owner",
    signed(JSON.stringify({ ...JOB, repository: { name: "one", owner: { login: "mallory" } } })),
    202,
  ],
  [
    "a job of another repository",
    signed(JSON.stringify({ ...JOB, repository: { name: "two", owner: { login: "octo" } } })),
    202,
  ],
  [
    "a replay of an old webhook",
    signed(
      JSON.stringify({ ...JOB, workflow_job: { ...JOB.workflow_job, created_at: "2026-11-29T11:59:58Z" } }),
    ),
    202,
  ],
])("%s starts nothing and is answered %3$d", async (_, event, status) => {
  expect((await take(event)).statusCode).toBe(status);
  expect(sent).toEqual([]);
});

test("an empty secret signs nothing", async () => {
  expect((await take(signed(JSON.stringify(JOB), "workflow_job", ""), "")).statusCode).toBe(401);
});

test("a queue that cannot be reached is answered 503, for it may be reached later", async () => {
  const { statusCode } = await take(signed(JSON.stringify(JOB)), SECRET, async () => {
    throw new Error("connection refused");
  });
  expect(statusCode).toBe(503);
});

test("a job of a further owner is ordered for it, and one of another of its repositories is not", async () => {
  const owners = [
    { owner: "Else", installationId: 6, scope: "organization", repositories: ["shop"], groupId: 7 },
  ] as const;
  const of = (name: string) =>
    signed(JSON.stringify({ ...JOB, repository: { name, owner: { login: "else" } } }));
  for (const name of ["other", "shop"])
    expect((await take(of(name), SECRET, undefined, { furtherOwners: owners })).statusCode).toBe(202);
  expect(sent).toEqual([{ jobId: 7, pool: "small", attempt: 1, owner: "else" }]);
});

test("a job that a scale set has is not ordered a second time", async () => {
  const { statusCode, body } = await take(signed(JSON.stringify(JOB)), SECRET, undefined, {
    scaleSets: true,
  });
  expect([statusCode, body]).toEqual([202, expect.stringContaining("the scale set of pool small")]);
  expect(sent).toEqual([]);
});

test("nothing that GitHub may send again for ever is answered 5xx: no body, no headers, bytes that are no text", async () => {
  const events: HttpEvent[] = [
    { headers: {} },
    { headers: {}, body: "" },
    { ...signed("[]") },
    { ...signed("0") },
    { ...signed('"text"') },
    { ...signed("{}") },
    { ...signed(JSON.stringify({ action: "queued", workflow_job: 1, repository: 2 })) },
    { ...signed(JSON.stringify({ ...JOB, workflow_job: { ...JOB.workflow_job, created_at: "never" } })) },
    { ...signed(JSON.stringify({ ...JOB, workflow_job: { ...JOB.workflow_job, id: 1e300 } })) },
    {
      ...signed(
        JSON.stringify({ ...JOB, workflow_job: { ...JOB.workflow_job, labels: Array(101).fill("a") } }),
      ),
    },
    { headers: signed("{}").headers, body: "%%%", isBase64Encoded: true },
  ];
  for (const event of events) expect((await take(event)).statusCode).toBeLessThan(500);
  expect(sent).toEqual([]);
});

test("a secret that cannot be read, or is none, is answered 503 and said in the log, without what it holds", async () => {
  const said: string[] = [];
  const context = {
    orders: { send: async () => undefined },
    settings: SETTINGS,
    now: () => NOW,
    count: () => undefined,
    log: ({ message }: Readonly<Record<string, unknown>>) => void said.push(String(message)),
  };
  const by = (text: string) =>
    receiveBy(signed(JSON.stringify(JOB)), async () => parseAppSecret(text), context);
  expect((await by("-----BEGIN PRIVATE")).statusCode).toBe(503);
  expect((await by(JSON.stringify({ appId: "1", privateKey: "p", webhookSecret: SECRET }))).statusCode).toBe(
    202,
  );
  expect(said).toEqual(["the app's secret cannot be read: the secret of the GitHub App is not JSON"]);
});
