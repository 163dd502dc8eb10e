import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import type { AlbEvent } from "../../../services/preview-wake/src/alb";
import { answer } from "../../../services/preview-wake/src/answer";
import { settingsOf } from "../../../services/preview-wake/src/settings";
import { HOSTILE } from "../../cli/report/html/hostile";
import { StandIn } from "./stand-in";

const KEY = "environments/preview-pay/metadata.json";
const HOST = "preview-pay.previews.example.com";
const WAKE: AlbEvent = {
  httpMethod: "POST",
  path: "/.groundplan/wake",
  headers: { host: HOST, "x-groundplan-wake": "1", origin: `https://${HOST}` },
};
const GET: AlbEvent = {
  httpMethod: "GET",
  path: "/some/page",
  headers: { host: HOST, accept: "text/html,*/*" },
};
const settings = settingsOf({ STATE_BUCKET: "groundplan-state", DOMAIN: "previews.example.com" });

const BARE = {
  cluster: "previews",
  service: "preview-pay",
  listener_rule: "rule",
  target_group: "own",
  wake_target_group: "page",
};

let standIn: StandIn;
let now: number;
beforeEach(async () => {
  standIn = await StandIn.start();
  now = Date.parse("2026-11-30T16:00:00Z");
});
afterEach(() => standIn.stop());

let ids = 0;
function ask(event: AlbEvent) {
  const client = {
    endpoint: standIn.url,
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
  };
  return answer(event, settings, {
    s3: new S3Client({ ...client, forcePathStyle: true }),
    ecs: new ECSClient(client),
    rds: new RDSClient(client),
    elb: new ElasticLoadBalancingV2Client(client),
    scaling: new ApplicationAutoScalingClient(client),
    now: () => now,
    newId: () => {
      ids += 1;
      return String(ids);
    },
  });
}

function store(other: Readonly<Record<string, unknown>> = {}): void {
  const metadata = {
    format: "groundplan-preview",
    version: 1,
    name: "preview-pay",
    status: "asleep",
    owner: "dev",
    expiresAt: "2026-12-06T10:00:00.000Z",
    updatedAt: "2026-11-29T10:00:00.000Z",
    input: { config: { desired_count: 2, environment: { KEY: "v" } } },
    outputs: {
      cluster: "previews",
      service: "preview-pay",
      listener_rule: "rule",
      target_group: "own",
      wake_target_group: "page",
      database: { instance: "db" },
    },
    history: [{ at: "2026-11-29T10:00:00.000Z", from: "active", to: "asleep", by: "dev" }],
    ...other,
  };
  standIn.objects.set(KEY, JSON.stringify(metadata));
}

const stored = () => JSON.parse(standIn.objects.get(KEY) ?? "{}");

async function wake(event: AlbEvent = WAKE) {
  const { statusCode, body } = await ask(event);
  return { statusCode, ...JSON.parse(body) };
}

test("wakes the database, then the tasks, then the address, and says how far it is", async () => {
  store();
  standIn.database = "stopped";
  standIn.scaling = "suspended";
  expect(await wake()).toMatchObject({
    statusCode: 202,
    kind: "waking",
    done: 0,
    of: 3,
    says: "the database is starting",
  });
  expect(stored().run).toMatchObject({ work: "wake", startedAt: "2026-11-30T16:00:00.000Z" });
  expect(await wake()).toMatchObject({ says: "the database is starting" });
  expect(await wake()).toMatchObject({ done: 1, says: "its tasks are starting" });
  expect(await wake()).toMatchObject({ done: 1, says: "its tasks are starting" });
  expect(await wake()).toMatchObject({ done: 2, says: "2 of 2 tasks run, and are not healthy yet" });
  expect(stored().status).toBe("asleep");
  standIn.health = "healthy";
  expect(await wake()).toMatchObject({ statusCode: 200, done: 3, isAwake: true, says: "it is awake" });
  expect(standIn.changes).toEqual([
    `put ${KEY}`,
    "StartDBInstance db",
    "UpdateService preview-pay 2",
    "RegisterScalableTarget service/previews/preview-pay active",
    "ModifyRule rule own=100 page=0",
    `put ${KEY}`,
  ]);
  // What this function does not know stays.
  expect(stored()).toMatchObject({ status: "active", owner: "dev", format: "groundplan-preview" });
  expect(stored()).not.toHaveProperty("run");
  expect(stored().history.at(-1)).toMatchObject({ from: "asleep", to: "active", by: "preview-wake" });
});

test("two who ask at once wake it once", async () => {
  store({ outputs: BARE });
  await Promise.all([wake(), wake(), wake()]);
  expect(standIn.changes.filter((one) => one.startsWith("put"))).toHaveLength(1);
  expect(new Set(standIn.changes.filter((one) => !one.startsWith("put")))).toEqual(
    new Set(["UpdateService preview-pay 2"]),
  );
});

test("a write of another between its reading and its writing is not undone", async () => {
  store({ outputs: BARE });
  standIn.meanwhile = () => store({ outputs: BARE, status: "destroying" });
  expect(await wake()).toEqual({
    statusCode: 202,
    format: "groundplan-wake",
    kind: "refuse",
    says: "it is destroying",
  });
  expect(standIn.changes).toEqual([]);
});

test("waits while another run holds it, and takes over one that is dead", async () => {
  const run = {
    id: "cli-1",
    work: "wake",
    startedAt: "2026-11-30T15:58:00Z",
    renewedAt: "2026-11-30T15:58:00Z",
  };
  store({ outputs: BARE, run });
  expect(await wake()).toMatchObject({ kind: "wait", says: "another run holds it (wake)" });
  expect(standIn.changes).toEqual([]);
  now += 70_000;
  expect(await wake()).toMatchObject({ kind: "waking" });
  expect(stored().run.id).toMatch(/^preview-wake-/);
  // It says anew that it goes on, and not with every call.
  await wake();
  expect(standIn.changes.filter((one) => one.startsWith("put"))).toHaveLength(1);
  now += 31_000;
  await wake();
  expect(standIn.changes.filter((one) => one.startsWith("put"))).toHaveLength(2);
});

test.each([
  ["it is destroying", { status: "destroying" }],
  ["it is failed", { status: "failed" }],
  ["its time is over", { expiresAt: "2026-11-30T15:59:59Z" }],
  ["it has no service that could be woken", { outputs: undefined }],
])("refuses: %s", async (says, other) => {
  store(other);
  expect(await wake()).toMatchObject({ kind: "refuse", says });
  expect(standIn.changes).toEqual([]);
});

test("one that is not there, or gone, is not found", async () => {
  expect((await wake()).statusCode).toBe(404);
  store({ status: "gone" });
  expect((await wake()).statusCode).toBe(404);
});

test("what is damaged is thrown on, without what it holds", async () => {
  standIn.objects.set(KEY, '{"name":"other","secret":"hunter2"}');
  await expect(ask(WAKE)).rejects.toThrow(/^the metadata of preview preview-pay is damaged$/);
});

test.each([
  ["a crawler", { ...GET, headers: { ...GET.headers, "user-agent": "Googlebot/2.1" } }],
  ["a monitor", { ...GET, httpMethod: "HEAD" }],
  ["a link to the path that wakes", { ...GET, path: WAKE.path }],
  ["a client of the preview", { httpMethod: "POST", path: "/api", headers: { host: HOST } }],
  ["a form of another site", { ...WAKE, headers: { host: HOST, origin: "https://evil.example" } }],
  ["a page of another site", { ...WAKE, headers: { ...WAKE.headers, origin: "https://evil.example" } }],
  ["a page at another port", { ...WAKE, headers: { ...WAKE.headers, origin: `https://${HOST}:8443` } }],
  ["a page without an origin", { ...WAKE, headers: { ...WAKE.headers, origin: "null" } }],
  ["a preflight", { ...WAKE, httpMethod: "OPTIONS" }],
] satisfies readonly (readonly [string, AlbEvent])[])(
  "%s wakes nothing and asks AWS for nothing",
  async (_, event) => {
    store();
    const { statusCode, headers } = await ask(event);
    expect([403, 405, 503]).toContain(statusCode);
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["x-robots-tag"]).toContain("noindex");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(standIn.asked).toEqual([]);
  },
);

test("a program without a browser's origin may wake", async () => {
  store({ outputs: BARE });
  expect(
    (await wake({ ...WAKE, headers: { Host: `${HOST.toUpperCase()}:443`, "X-Groundplan-Wake": "1" } })).kind,
  ).toBe("waking");
});

test("a listener may have another port, whose page wakes", async () => {
  store({ outputs: BARE });
  const host = `${HOST}:8443`;
  expect((await wake({ ...WAKE, headers: { ...WAKE.headers, host, origin: `https://${host}` } })).kind).toBe(
    "waking",
  );
});

test("the page says 503, allows its own program alone, and names only what was checked", async () => {
  const { statusCode, headers, body } = await ask(GET);
  expect([statusCode, headers["retry-after"]]).toEqual([503, "120"]);
  expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; /);
  expect(headers["content-security-policy"]).not.toContain("unsafe");
  expect(body).toContain("<h1>preview-pay is asleep</h1>");
  expect(body).not.toContain("/some/page");
  expect((await ask({ ...GET, httpMethod: "HEAD" })).body).toBe("");
});

test.each([
  undefined,
  "",
  "previews.example.com",
  ".previews.example.com",
  "a.b.previews.example.com",
  "preview-pay.previews.example.com.evil.example",
  "preview-pay.evil.example",
  "preview-pay.previews.example.com:",
  "preview-pay.previews.example.com:x",
  "preview-pay.previews.example.com/x",
  "preview-pay.previewsxexample.com",
  "-a.previews.example.com",
  "a--b.previews.example.com",
  "1a.previews.example.com",
  `${"a".repeat(41)}.previews.example.com`,
  "..%2f.previews.example.com",
  ...HOSTILE.map((text) => `${text}.previews.example.com`),
])("no preview is at the host %j", async (host) => {
  store();
  const events: readonly AlbEvent[] = [GET, WAKE].map((event) => ({
    ...event,
    headers: { ...event.headers, host, "x-forwarded-host": HOST },
  }));
  for (const event of events) {
    const { statusCode, body } = await ask(event);
    expect(statusCode).toBe(421);
    expect(JSON.parse(body).message).toBe(
      "this is no address of a preview: use https://<name>.previews.example.com",
    );
  }
  expect(standIn.asked).toEqual([]);
});

test("every variable that is wrong is named", () => {
  expect(() => settingsOf({ DOMAIN: "https://x" })).toThrow(
    'STATE_BUCKET is "": use e.g. groundplan-state-123456789012\nDOMAIN is "https://x": use e.g. previews.example.com',
  );
});
