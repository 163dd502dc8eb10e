import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { LocalStatus } from "../../local";
import { markOf, readProcessFile } from "../../local/process/process-file";
import { temporaryFolder } from "../temporary-folder";

const execute = promisify(execFile);

let stateDirectory: string;

beforeEach(() => {
  stateDirectory = temporaryFolder("lifecycle");
});

afterEach(async () => {
  await call("down");
  rmSync(stateDirectory, { recursive: true, force: true });
});

/** Calls the built package in a process of its own, as a user's command does. */
async function call<T>(operation: string, options: object = {}): Promise<T> {
  const given = JSON.stringify({ stateDirectory, port: 0, ...options });
  const script = `require("@groundplan/local").${operation}(${given}).then(
    (value) => console.log(JSON.stringify(value ?? null)),
    (error) => { console.error(error.message); process.exitCode = 1; });`;
  const { stdout } = await execute(process.execPath, ["-e", script], { cwd: join(__dirname, "..", "..") });
  return JSON.parse(stdout) as T;
}

/** A process that has ended counts as gone, though nobody has waited for it yet. */
function isAlive(pid: number): boolean {
  return markOf(pid) !== undefined;
}

function pidsOf({ pid, emulators }: LocalStatus): readonly number[] {
  return [pid, ...emulators.map((emulator) => emulator.pid)];
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const begun = Date.now(); !condition(); await sleep(20)) {
    if (Date.now() - begun > 600_000) throw new Error(`not within ten minutes: ${what}`);
  }
}

/** Ports on which processes listen, with the address: from the system's own table. */
function listeners(pids: readonly number[]): Promise<string[]> {
  return Promise.all(
    pids.map(async (pid) =>
      (await execute("ss", ["-ltnpH"])).stdout.split("\n").filter((line) => line.includes(`pid=${pid},`)),
    ),
  ).then((lines) => lines.flat().map((line) => line.trim().split(/\s+/)[3] ?? ""));
}

test("started once, found the second time, ended without a trace, and started again as it was", async () => {
  const place = { account: "210987654321", region: "eu-central-1" };
  const first = await call<LocalStatus>("up", place);
  expect(first.emulators.map(({ name, healthy }) => [name, healthy])).toEqual([
    ["moto", true],
    ["ministack", true],
  ]);
  const second = await call<LocalStatus>("up");
  expect(second.pid).toBe(first.pid);
  expect(await call("down")).toBe(true);
  expect(pidsOf(first).filter(isAlive)).toEqual([]);
  expect(await call("down")).toBe(false);
  expect(await call("status")).toBeNull();
  for (const name of ["moto", "ministack"]) {
    const log = readFileSync(join(stateDirectory, `${name}.log`), "utf8");
    expect([name, /Fatal Python error|Traceback/.exec(log)?.[0]]).toEqual([name, undefined]);
  }
  expect(await call("up")).toMatchObject({ ...place, kept: place });
  expect(await call("status")).toMatchObject({ ...place, kept: place });
  // One that runs is not turned into another.
  await expect(call("up", { account: "123456789012" })).rejects.toThrow("account 210987654321 instead of");
});

test("emptied: nothing is left in either emulator or the gateway, nor after a restart", async () => {
  const { endpoint } = await call<LocalStatus>("up");
  const ask = async (service: string, target: string, body: object, at = endpoint) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/${service}/aws4_request, Signature=0`;
    const headers = { authorization, "x-amz-target": target, "content-type": "application/x-amz-json-1.1" };
    return (await fetch(at, { method: "POST", headers, body: JSON.stringify(body) })).text();
  };
  const ecr = "AmazonEC2ContainerRegistry_V20150921";
  await ask("ecr", `${ecr}.CreateRepository`, { repositoryName: "held" });
  const rule = { ecrRepositoryPrefix: "held", upstreamRegistryUrl: "quay.io" };
  await ask("ecr", `${ecr}.CreatePullThroughCacheRule`, rule);
  await ask("secretsmanager", "secretsmanager.CreateSecret", { Name: "held", SecretString: "x" });
  const held = (at = endpoint) =>
    Promise.all([
      ask("ecr", `${ecr}.DescribeRepositories`, {}, at),
      ask("ecr", `${ecr}.DescribePullThroughCacheRules`, {}, at),
      ask("secretsmanager", "secretsmanager.ListSecrets", {}, at),
    ]);
  for (const answer of await held()) expect(answer).toContain("held");
  await call("reset");
  for (const answer of await held()) expect(answer).not.toContain("held");
  await call("down");
  const again = await call<LocalStatus>("up");
  for (const answer of await held(again.endpoint)) expect(answer).not.toContain("held");
});

test("two that start it at once get the same one", async () => {
  const both = await Promise.all([call<LocalStatus>("up"), call<LocalStatus>("up")]);
  expect(both[0]?.pid).toBe(both[1]?.pid);
});

test("everything listens on the loopback address only", async () => {
  const status = await call<LocalStatus>("up");
  const addresses = await listeners(pidsOf(status));
  // The gateway alone: what is behind it has no port.
  expect(addresses).toHaveLength(1);
  for (const address of addresses) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
});

test("a daemon that is killed takes its emulators with it, and the next start is clean", async () => {
  const killed = await call<LocalStatus>("up");
  process.kill(killed.pid, "SIGKILL");
  await until(() => !pidsOf(killed).some(isAlive), "the emulators end");
  expect(await call("status")).toBeNull();
  const next = await call<LocalStatus>("up");
  expect(next.pid).not.toBe(killed.pid);
});

test("a daemon that hangs is ended, and so are its emulators", async () => {
  const hung = await call<LocalStatus>("up");
  process.kill(hung.pid, "SIGSTOP");
  expect(await call("down")).toBe(true);
  expect(pidsOf(hung).filter(isAlive)).toEqual([]);
});

test("an emulator that dies ends the rest, and the log says which it was", async () => {
  const status = await call<LocalStatus>("up");
  process.kill(status.emulators[1]?.pid ?? 0, "SIGKILL");
  await until(() => !pidsOf(status).some(isAlive), "everything ends");
  expect(readFileSync(join(stateDirectory, "daemon.log"), "utf8")).toContain("ministack ended");
});

/** Starts it in a process that is killed as soon as the daemon is there. @returns the daemon, and whether it was in time. */
async function startAndKill(): Promise<{ daemon: number; inTime: boolean }> {
  const script = `require("@groundplan/local").up({ stateDirectory: ${JSON.stringify(stateDirectory)}, port: 0 })`;
  const starting = execFile(process.execPath, ["-e", script], { cwd: join(__dirname, "..", "..") });
  const ended = once(starting, "close");
  let daemon: number | undefined;
  await until(() => {
    daemon = readProcessFile(stateDirectory)?.daemon.pid;
    return daemon !== undefined;
  }, "the daemon is there");
  starting.kill("SIGKILL");
  await ended;
  return { daemon: daemon ?? 0, inTime: starting.signalCode === "SIGKILL" };
}

test("a start that is killed leaves no daemon behind", async () => {
  let killed = await startAndKill();
  // On a machine that did not let this test look for seconds, the start was at its end.
  for (; !killed.inTime; killed = await startAndKill()) await call("down");
  await until(() => !isAlive(killed.daemon), "the daemon ends");
  // The claim of the killed start does not stand in the way.
  expect((await call<LocalStatus>("up")).port).toBeGreaterThan(0);
});

test("planted fault: a port that is taken is named, and so is the way out", async () => {
  const stranger = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => stranger.once("listening", resolve));
  const address = stranger.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    // The stranger takes the request and never answers.
    await expect(call("up", { port })).rejects.toThrow(
      new RegExp(`port ${port} is taken by another program\\n.*--port ${port + 100}`),
    );
  } finally {
    stranger.close();
  }
});

test("an emulator whose process file was deleted is found at its port, and ended", async () => {
  const { port, ...status } = await call<LocalStatus>("up");
  rmSync(join(stateDirectory, "process.json"));
  expect(await call("status", { port })).toMatchObject({ pid: status.pid });
  expect(await call("down", { port })).toBe(true);
  expect(pidsOf({ port, ...status }).filter(isAlive)).toEqual([]);
});

test("a process file that is damaged, or names a stranger's process, harms nobody", async () => {
  mkdirSync(stateDirectory, { recursive: true });
  const file = join(stateDirectory, "process.json");
  writeFileSync(file, "{");
  expect(await call("down")).toBe(false);
  // This test's own process id, with the start of another.
  writeFileSync(file, JSON.stringify({ port: 1, daemon: { pid: process.pid, began: "0" }, emulators: [] }));
  expect(await call("down")).toBe(false);
});
