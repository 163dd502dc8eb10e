import { createHmac } from "node:crypto";
import type { Order } from "../../../services/runner-core/src/order";
import { type HttpEvent, MOST_BYTES, receive } from "../../../services/runner-core/src/webhook";
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
) =>
  receive(event, secret, {
    orders: { send },
    settings: { ...SETTINGS, repositories: ["one"] },
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
