import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openLog } from "./daemon/log";
import type { DaemonProps } from "./daemon/main";
import { removeSockets } from "./daemon/sockets";
import type { DaemonStatus, LocalStatus } from "./daemon/status";
import { privateTree, refuseLinks, spawnPrivately } from "./files/private";
import { sealFolder } from "./files/seal";
import { removeHostLeftovers } from "./hosts/host";
import { installMachineBase } from "./hosts/machine-base";
import { machineObstacle } from "./hosts/obstacles";
import { install } from "./install";
import { keepSettings, keptSettings, settingsWithKept } from "./kept-settings";
import { LocalError, type LocalOptions, settingsOf } from "./options";
import { alone } from "./process/claim";
import { post } from "./process/post";
import {
  end,
  isRunning,
  markOf,
  type ProcessMark,
  readProcessFile,
  removeProcessFile,
} from "./process/process-file";
import { finishLoad } from "./snapshots/journal";
import { WORKSPACE } from "./workspace";

const DAEMON = join(WORKSPACE, "dist", "daemon", "main.js");

/** Milliseconds within which both emulators must answer; about two seconds on two idle cores. */
const START_LIMIT = 120_000;

/** Milliseconds within which they must end; MiniStack and moto write their state first. */
const STOP_LIMIT = 15_000;

/** Milliseconds within which one that runs says what it is: one that is busy is not one that is gone, which would be ended. */
const ANSWER_LIMIT = 15_000;

/**
 * The same where no file says that it runs: at the port may be a stranger that takes connections and never answers, for
 * which nobody waits long.
 */
const STRANGER_LIMIT = 3_000;

/**
 * Starts the emulator in the background, or finds the one that runs, and waits until it answers. Its port, account and
 * Region are those that are given, else those that an `up` before was given.
 *
 * @throws LocalError when the port is taken, Python is missing, or an emulator does not come up.
 */
export async function up(options: LocalOptions = {}): Promise<LocalStatus> {
  const { stateDirectory } = settingsOf(options);
  const { onProgress, signal } = options;
  privateTree(stateDirectory);
  return alone(stateDirectory, { signal, onProgress }, async () => {
    const running = await status(options);
    if (running) return sameOrThrow(running, options);
    sealFolder(stateDirectory);
    // What is left of one that hangs would hold the port, or the state.
    await endLeftovers(stateDirectory);
    await finishLoad(stateDirectory);
    const { python } = await install({
      ...(onProgress ? { onProgress } : {}),
      ...(signal ? { signal } : {}),
    });
    signal?.throwIfAborted();
    const settings = settingsWithKept(options);
    if (settings.instances === "boot" && machineObstacle() === undefined) {
      await installMachineBase({ ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) });
    }
    onProgress?.("starting moto and MiniStack behind the gateway");
    const started = await start({ ...settings, python }, signal);
    return kept(started, options);
  });
}

/**
 * Ends the emulator, and what it started; first each saves its state. One that does not answer is ended too.
 *
 * @returns whether it was running.
 */
export async function down(options: LocalOptions = {}): Promise<boolean> {
  const { stateDirectory } = settingsOf(options);
  refuseLinks(stateDirectory);
  const running = await status(options);
  if (!running) return endLeftovers(stateDirectory);
  const marks = [running.pid, ...running.emulators.map(({ pid }) => pid)].flatMap((pid) => markOf(pid) ?? []);
  const stop = `${running.endpoint}/_groundplan/stop`;
  const asked = await fetch(stop, { method: "POST" }).catch(() => undefined);
  await endLeftovers(stateDirectory, asked?.ok, marks);
  return true;
}

/** What runs, or undefined. */
export async function status(options: LocalOptions = {}): Promise<LocalStatus | undefined> {
  const { stateDirectory, port } = settingsWithKept(options);
  const file = readProcessFile(stateDirectory);
  if (file && !isRunning(file.daemon)) return undefined;
  // Its file may have been deleted while it runs: then it is still at the port.
  const found = file ? await ask(file.port, ANSWER_LIMIT) : await ask(port, STRANGER_LIMIT);
  return found?.stateDirectory === stateDirectory
    ? { ...found, kept: keptSettings(stateDirectory) }
    : undefined;
}

/** Empties the emulator. @throws LocalError when none runs. */
export async function reset(options: LocalOptions = {}): Promise<void> {
  const running = await status(options);
  if (!running) throw new LocalError("missing", "no emulator runs\n  start one: groundplan local up");
  await post(running.endpoint, "reset");
}

/**
 * Ends what a state folder names, and waits for it.
 *
 * @param asked - whether the daemon was asked to end already, and does so in its own way.
 * @param known - processes that are known from elsewhere.
 * @returns whether anything was running.
 */
async function endLeftovers(
  stateDirectory: string,
  asked = false,
  known: readonly ProcessMark[] = [],
): Promise<boolean> {
  const file = readProcessFile(stateDirectory);
  const marks = [...known, ...(file ? [file.daemon, ...file.emulators] : [])];
  const running = marks.filter(isRunning);
  // The daemon ends its emulators; without it they end by themselves, and this is to be sure.
  const first = file && isRunning(file.daemon) ? [file.daemon] : running;
  if (!asked) for (const mark of first) end(mark, "SIGTERM");
  for (let waited = 0; marks.some(isRunning); waited += 50) {
    if (waited > STOP_LIMIT) for (const mark of marks) end(mark, "SIGKILL");
    await sleep(50);
  }
  // What ran for tasks has ended with the daemon, however that ended; its cgroup is left.
  await removeHostLeftovers(stateDirectory);
  removeSockets(stateDirectory);
  removeProcessFile(stateDirectory);
  return running.length > 0;
}

async function start(props: DaemonProps, signal: AbortSignal | undefined): Promise<DaemonStatus> {
  const log = openLog(props.stateDirectory, "daemon.log");
  const child = spawnPrivately(process.execPath, ["--enable-source-maps", DAEMON, JSON.stringify(props)], {
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
  });
  const daemon = child.pid === undefined ? undefined : markOf(child.pid);
  const abort = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", abort);
  try {
    const message = await new Promise<{ port?: number; error?: string }>((resolve) => {
      child.once("message", resolve);
      child.once("exit", (code) => resolve({ error: `it ended with code ${code}` }));
    });
    signal?.throwIfAborted();
    if (message.port === undefined || !daemon) throw notStarted(props, message.error ?? "no reason given");
    const found = await ready(props, message.port, daemon, signal);
    await tellToStay(child);
    return found;
  } finally {
    signal?.removeEventListener("abort", abort);
    // Without the word of `tellToStay`, the daemon ends with the connection.
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** Tells the daemon that it is to stay when this process goes. */
function tellToStay(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => child.send("keep", (error) => (error ? reject(error) : resolve())));
}

function notStarted(props: DaemonProps, error: string): LocalError {
  if (error === "EADDRINUSE") return portTaken(props.port);
  const log = join(props.stateDirectory, "daemon.log");
  return new LocalError("failed", `the emulator did not start: ${error}\n  see ${log}`);
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
  daemon: ProcessMark,
  signal: AbortSignal | undefined,
): Promise<DaemonStatus> {
  const deadline = Date.now() + START_LIMIT;
  while (Date.now() < deadline && isRunning(daemon)) {
    signal?.throwIfAborted();
    const found = await ask(port, ANSWER_LIMIT);
    if (found && isReady(found)) return found;
    await sleep(50);
  }
  const within = `the emulator did not come up within ${START_LIMIT / 1000} seconds`;
  throw new LocalError("failed", `${within}\n  see the logs in ${props.stateDirectory}`);
}

function isReady(found: DaemonStatus): boolean {
  const { emulators, instances, networkNamespace } = found;
  const hasNetwork = instances.obstacle !== undefined || networkNamespace !== undefined;
  return hasNetwork && emulators.length === 2 && emulators.every((emulator) => emulator.healthy);
}

/** An emulator that runs serves only those who ask for the same account and Region. */
function sameOrThrow(running: LocalStatus, options: LocalOptions): LocalStatus {
  const now = { ...running, instances: running.instances.mode };
  const differs = (["port", "account", "region", "instances"] as const).filter(
    (key) => options[key] !== undefined && options[key] !== 0 && now[key] !== options[key],
  );
  if (differs.length === 0) return kept(running, options);
  const list = differs.map((key) => `${key} ${now[key]} instead of ${options[key]}`).join(", ");
  throw new LocalError(
    "input",
    `an emulator runs already, with ${list}\n  end it first: groundplan local down`,
  );
}

/** Keeps for the next start what this one was given. */
function kept(running: DaemonStatus, options: LocalOptions): LocalStatus {
  const { stateDirectory } = running;
  keepSettings(stateDirectory, options);
  return { ...running, kept: keptSettings(stateDirectory) };
}

async function ask(port: number, limit: number): Promise<DaemonStatus | undefined> {
  if (port === 0) return undefined;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/_groundplan/status`, {
      signal: AbortSignal.timeout(limit),
    });
    return response.ok ? ((await response.json()) as DaemonStatus) : undefined;
  } catch {
    return undefined;
  }
}
