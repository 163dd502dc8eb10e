import { connect } from "node:net";
import { type Log, logOf } from "../../../services/app/src/log";
import { AppServer } from "../../../services/app/src/server";
import { readSettings } from "../../../services/app/src/settings";

let lines: Record<string, unknown>[] = [];
const log: Log = logOf("debug", { version: "1" }, (line) => void lines.push(JSON.parse(line)));
let server: AppServer | undefined;

/** A server of its own. @returns its address. */
async function start(env: Readonly<Record<string, string>> = {}, random?: () => number): Promise<string> {
  const settings = readSettings({ PORT: "0", APP_ENV: "test", APP_VERSION: "abc123", ...env });
  server = new AppServer(settings, log, random);
  return `http://127.0.0.1:${await server.start()}`;
}

beforeEach(() => {
  lines = [];
});

afterEach(async () => {
  await server?.stop(0);
  server = undefined;
});

test("the probes answer, and the version is that of the image", async () => {
  const address = await start();
  expect(await (await fetch(`${address}/health`)).json()).toEqual({ status: "ok" });
  expect(await (await fetch(`${address}/ready`)).json()).toEqual({ status: "ready" });
  for (const path of ["/", "/version"]) {
    expect(await (await fetch(address + path)).json()).toEqual({ version: "abc123", environment: "test" });
  }
});

test("a reference that pins nothing is told so, and what is none is refused", async () => {
  const address = await start();
  const of = (image: string) => fetch(`${address}/v1/reference?image=${encodeURIComponent(image)}`);
  expect(await (await of("node:22")).json()).toMatchObject({
    repository: "library/node",
    tag: "22",
    pinned: false,
  });
  expect((await of("Node")).status).toBe(400);
  expect((await fetch(`${address}/nothing`)).status).toBe(404);
  expect((await fetch(address, { method: "POST" })).status).toBe(405);
});

test("requests are counted by route and code, and a path of a caller's own makes no new series", async () => {
  const address = await start();
  await fetch(`${address}/version`);
  await fetch(`${address}/a-path-of-my-own`);
  const text = await (await fetch(`${address}/metrics`)).text();
  expect(text).toContain('http_requests_total{method="GET",route="/version",code="200"} 1');
  expect(text).toContain('http_requests_total{method="GET",route="other",code="404"} 1');
  expect(text).toContain(
    'http_request_duration_seconds_bucket{le="0.1",method="GET",route="/version",code="200"}',
  );
  expect(text).not.toContain("a-path-of-my-own");
});

test("the set share of requests fails, and probes never do", async () => {
  const numbers = [0.1, 0.3];
  const address = await start({ ERROR_RATE: "0.2" }, () => numbers.shift() ?? 0);
  expect((await fetch(`${address}/version`)).status).toBe(500);
  expect((await fetch(`${address}/version`)).status).toBe(200);
  for (const path of ["/health", "/ready", "/metrics"])
    expect((await fetch(address + path)).status).toBe(200);
  expect(lines).toContainEqual(expect.objectContaining({ level: "error", path: "/version", code: 500 }));
});

test("what is under way when it stops is answered, and what comes then is not taken", async () => {
  const address = await start({ LATENCY_MS: "100" });
  const slow = fetch(`${address}/version`);
  // Until the request is there, stopping would rightly refuse it.
  await fetch(`${address}/health`);
  const stopped = server?.stop();
  const response = await slow;
  expect(response.status).toBe(200);
  expect(response.headers.get("connection")).toBe("close");
  await stopped;
  await expect(fetch(`${address}/version`)).rejects.toThrow();
  expect(lines.at(-1)).toMatchObject({ level: "info", message: "stopped", version: "1" });
});

test("a request that does not end is cut off", async () => {
  const address = await start({ LATENCY_MS: "60000" });
  const slow = fetch(`${address}/version`).catch((error: unknown) => error);
  await fetch(`${address}/health`);
  await server?.stop(0);
  expect(String(await slow)).toContain("fetch failed");
  expect(lines).toContainEqual(expect.objectContaining({ message: "requests were cut off" }));
});

test("a request target that is no address is answered, and the server goes on", async () => {
  const address = await start();
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  const answer = new Promise<string>((resolve) => {
    socket.once("data", (data) => resolve(data.toString()));
  });
  socket.write("GET http://[ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  expect(await answer).toMatch(/^HTTP\/1.1 (?:400|500)/);
  socket.destroy();
  expect((await fetch(`${address}/health`)).status).toBe(200);
});

test("a level keeps out what is less important", () => {
  const written: string[] = [];
  const quiet = logOf("warn", {}, (line) => void written.push(line));
  quiet.info("no");
  quiet.warn("yes", { a: 1 });
  expect(written.map((line) => JSON.parse(line))).toEqual([
    { time: expect.any(String), level: "warn", message: "yes", a: 1 },
  ]);
});
