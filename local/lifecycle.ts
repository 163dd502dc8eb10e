import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DaemonProps } from "./daemon/main";
import type { LocalStatus } from "./daemon/status";
import { install } from "./install";
import { LocalError, type LocalOptions, type LocalSettings, settingsOf } from "./options";

const DAEMON = join(__dirname, "daemon", "main.js");

/** File in the state folder that says on which port the emulator runs. */
const PROCESS_FILE = "process.json";

/** Milliseconds within which both emulators must answer. */
const START_LIMIT = 60_000;

/**
 * Starts the emulator in the background, or finds the one that runs, and waits until it answers.
 *
 * @throws LocalError when the port is taken, Python is missing, or an emulator does not come up.
 */
export async function up(options: LocalOptions = {}): Promise<LocalStatus> {
  const settings = settingsOf(options);
  const running = await status(options);
  if (running) return sameOrThrow(running, settings, options);
  const progress = options.onProgress ? { onProgress: options.onProgress } : {};
  const cancel = options.signal ? { signal: options.signal } : {};
  const { python } = await install({ ...progress, ...cancel });
  options.signal?.throwIfAborted();
  options.onProgress?.("starting moto and MiniStack behind the gateway");
  return start({ ...settings, python }, options.signal);
}

/**
 * Ends the emulator, and what it started.
 *
 * @returns whether it was running.
 */
export async function down(options: LocalOptions = {}): Promise<boolean> {
  const running = await status(options);
  const file = processFile(settingsOf(options));
  if (!running) {
    rmSync(file, { force: true });
    return false;
  }
  await fetch(`${running.endpoint}/_groundplan/stop`, { method: "POST" }).catch(() => undefined);
  const pids = [running.pid, ...running.emulators.map((emulator) => emulator.pid)];
  for (let waited = 0; pids.some(isAlive); waited += 50) {
    if (waited > 15_000) for (const pid of pids) kill(pid);
    await sleep(50);
  }
  rmSync(file, { force: true });
  return true;
}

/** What runs, or undefined. */
export async function status(options: LocalOptions = {}): Promise<LocalStatus | undefined> {
  const file = processFile(settingsOf(options));
  if (!existsSync(file)) return undefined;
  const { port } = JSON.parse(readFileSync(file, "utf8")) as { port: number };
  const found = await ask(port);
  return found?.stateDirectory === settingsOf(options).stateDirectory ? found : undefined;
}

/** Empties the emulator. @throws LocalError when none runs. */
export async function reset(options: LocalOptions = {}): Promise<void> {
  const running = await status(options);
  if (!running) throw new LocalError("missing", "no emulator runs\n  start one: groundplan local up");
  const response = await fetch(`${running.endpoint}/_groundplan/reset`, { method: "POST" });
  if (!response.ok)
    throw new LocalError("failed", `the emulator could not be emptied: it answered ${response.status}`);
}

/** What the AWS SDKs, Terraform and CDKTF need in their environment to speak to the emulator. */
export function environment({
  endpoint,
  region,
}: Pick<LocalStatus, "endpoint" | "region">): Record<string, string> {
  return {
    // An address and not a name: the SDKs then put a bucket into the path and not into the host.
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "groundplan-local",
    AWS_SECRET_ACCESS_KEY: "groundplan-local",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_S3_USE_PATH_STYLE: "true",
    // No instance to ask for credentials.
    AWS_EC2_METADATA_DISABLED: "true",
    CHECKPOINT_DISABLE: "1",
  };
}

async function start(props: DaemonProps, signal: AbortSignal | undefined): Promise<LocalStatus> {
  mkdirSync(props.stateDirectory, { recursive: true });
  const log = openSync(join(props.stateDirectory, "daemon.log"), "a");
  const child = spawn(process.execPath, ["--enable-source-maps", DAEMON, JSON.stringify(props)], {
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
  });
  const abort = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", abort);
  try {
    const message = await new Promise<{ port?: number; error?: string }>((resolve) => {
      child.once("message", resolve);
      child.once("exit", (code) => resolve({ error: `it ended with code ${code}` }));
    });
    signal?.throwIfAborted();
    if (message.port === undefined) return await lost(props, message.error ?? "no reason given");
    return await ready(props, message.port, child.pid ?? 0, signal);
  } finally {
    signal?.removeEventListener("abort", abort);
    child.disconnect?.();
    child.unref();
  }
}

/** The daemon did not come up: perhaps another `up` was quicker, perhaps a stranger has the port. */
async function lost(props: DaemonProps, error: string): Promise<LocalStatus> {
  if (error === "EADDRINUSE") {
    const deadline = Date.now() + START_LIMIT;
    for (
      let other = await ask(props.port);
      other?.stateDirectory === props.stateDirectory;
      other = await ask(props.port)
    ) {
      if (isReady(other)) return other;
      if (Date.now() > deadline) break;
      await sleep(100);
    }
    throw portTaken(props.port);
  }
  throw new LocalError(
    "failed",
    `the emulator did not start: ${error}\n  see ${join(props.stateDirectory, "daemon.log")}`,
  );
}

function portTaken(port: number): LocalError {
  return new LocalError(
    "input",
    `port ${port} is taken by another program\n  stop that program, or choose another port: groundplan local up --port ${port + 100}`,
  );
}

async function ready(
  props: DaemonProps,
  port: number,
  pid: number,
  signal: AbortSignal | undefined,
): Promise<LocalStatus> {
  const deadline = Date.now() + START_LIMIT;
  while (Date.now() < deadline && isAlive(pid)) {
    signal?.throwIfAborted();
    const found = await ask(port);
    if (found && isReady(found)) {
      const file = processFile(props);
      writeFileSync(`${file}.${process.pid}`, JSON.stringify({ port, pid }));
      renameSync(`${file}.${process.pid}`, file);
      return found;
    }
    await sleep(50);
  }
  kill(pid);
  throw new LocalError(
    "failed",
    `the emulator did not come up within ${START_LIMIT / 1000} seconds\n  see the logs in ${props.stateDirectory}`,
  );
}

function isReady(found: LocalStatus): boolean {
  return found.emulators.length === 2 && found.emulators.every((emulator) => emulator.healthy);
}

/** An emulator that runs serves only those who ask for the same account and Region. */
function sameOrThrow(running: LocalStatus, wanted: LocalSettings, options: LocalOptions): LocalStatus {
  const differs = (["port", "account", "region"] as const).filter(
    (key) => options[key] !== undefined && wanted[key] !== 0 && running[key] !== wanted[key],
  );
  if (differs.length === 0) return running;
  const list = differs.map((key) => `${key} ${running[key]} instead of ${wanted[key]}`).join(", ");
  throw new LocalError(
    "input",
    `an emulator runs already, with ${list}\n  end it first: groundplan local down`,
  );
}

async function ask(port: number): Promise<LocalStatus | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/_groundplan/status`, {
      signal: AbortSignal.timeout(5000),
    });
    return response.ok ? ((await response.json()) as LocalStatus) : undefined;
  } catch {
    return undefined;
  }
}

function processFile({ stateDirectory }: LocalSettings): string {
  return join(stateDirectory, PROCESS_FILE);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
