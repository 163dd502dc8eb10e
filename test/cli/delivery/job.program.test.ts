import { execFile } from "node:child_process";
import { join } from "node:path";
import { type Failing, FailingServer } from "../../delivery/failing-server";

/** What the ConfigMap of the chart holds: with nothing but Node around it. */
const SCRIPT = join(__dirname, "..", "..", "..", "charts", "app", "files", "analyze.cjs");

let server: FailingServer;
afterEach(() => server.stop());

/** Runs the script as the Job of a canary does. */
async function judge(failing: Failing, path = "/") {
  server = await FailingServer.start(failing);
  const args = ["--checks=20", "--seconds=2", "--max-errors=10", `--metrics=${server.url}/metrics`];
  const ran = new Promise<{ code: number; lines: readonly Record<string, unknown>[] }>((resolve) => {
    execFile(process.execPath, [SCRIPT, `${server.url}${path}`, ...args], { env: {} }, (error, stdout) => {
      const lines = stdout.trim().split("\n");
      resolve({ code: Number(error?.code ?? 0), lines: lines.map((line) => JSON.parse(line)) });
    });
  });
  return { ran };
}

test("a version that is well passes, and each check is a line of the log", async () => {
  const { code, lines } = await (await judge({ ofTen: 1 })).ran;
  expect(lines).toHaveLength(21);
  expect(lines[0]).toEqual({ check: 1, sample: "error", reason: "status 500", errors: 1 });
  expect(lines.at(-1)).toMatchObject({ verdict: "pass", errors: 2, taken: 20, traffic: { requests: 20 } });
  expect(code).toBe(0);
});

test("one that fails 20 % of its requests fails the Job before all checks are made", async () => {
  const { code, lines } = await (await judge({ ofTen: 2 })).ran;
  expect(lines.at(-1)).toMatchObject({ verdict: "fail", errors: 3, taken: 11 });
  expect(code).toBe(1);
});

test("one that fails its users, and no check, fails by its own count", async () => {
  const { ran } = await judge({ ofTen: 0 });
  const users = setInterval(() => server.count(3, 1), 50);
  const { code, lines } = await ran.finally(() => clearInterval(users));
  expect(lines.at(-1)).toMatchObject({ verdict: "fail", errors: 0, taken: 20 });
  expect(code).toBe(1);
});
