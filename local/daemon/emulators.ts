import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { WholeResponse } from "../gateway/exchange";
import { exchange, freshConnections } from "../gateway/proxy";
import type { EmulatorName } from "../gateway/routes";
import { machineKeyFile } from "../machine-key";
import type { LocalSettings } from "../options";
import { privateFolder, spawnPrivately } from "../private";
import { WORKSPACE } from "../workspace";
import { openLog } from "./log";

/** An emulator that runs behind the gateway. */
export interface Emulator {
  readonly name: EmulatorName;
  readonly version: string;
  readonly process: ChildProcess;

  /** Whether it answers. */
  healthy(): Promise<boolean>;

  /** Empties it. */
  reset(): Promise<void>;
}

/** Script that runs an emulator, beside this workspace's sources. */
const SCRIPT = join(WORKSPACE, "emulator.py");

/** Paths of each emulator's own API. */
const PATHS: Readonly<Record<EmulatorName, { health: string; reset: string }>> = {
  moto: { health: "/moto-api/config", reset: "/moto-api/reset" },
  ministack: { health: "/_ministack/health", reset: "/_ministack/reset" },
};

/** Properties of {@link startEmulator}. */
export interface StartProps {
  readonly name: EmulatorName;
  readonly version: string;

  /** Python interpreter of the environment that holds the emulators. */
  readonly python: string;
  readonly settings: LocalSettings;

  /** Path of the Unix socket on which it listens. */
  readonly socket: string;

  /** Port of the gateway, by which an emulator and the functions that it runs call AWS. */
  readonly gatewayPort: number;
}

/** Starts an emulator on a socket that this user alone reaches; it ends with this process, however that ends. */
export function startEmulator({
  name,
  version,
  python,
  settings,
  socket,
  gatewayPort,
}: StartProps): Emulator {
  const log = openLog(settings.stateDirectory, `${name}.log`);
  const temporary = join(settings.stateDirectory, "temporary");
  privateFolder(temporary);
  const child = spawnPrivately(python, [SCRIPT, name], {
    // The pipe is its sign of life: when this process is gone, it closes.
    stdio: ["pipe", log, log],
    env: {
      ...baseEnvironment(),
      ...environmentOf(name, gatewayPort, settings),
      ...(settings.persist ? { GROUNDPLAN_STATE_KEY: machineKeyFile() } : {}),
      // The emulators' names in the common one can be guessed, and taken before.
      TMPDIR: temporary,
      GROUNDPLAN_SOCKET: socket,
      GROUNDPLAN_GATEWAY: `http://127.0.0.1:${gatewayPort}`,
    },
  });
  const upstream = { name, socket, agent: freshConnections(4) };
  const call = (method: string, url: string) => {
    const head = { method, url, headers: { host: "localhost" }, scope: undefined, operation: url };
    return exchange({ ...head, target: "emulator", body: Buffer.alloc(0) }, upstream);
  };
  return {
    name,
    version,
    process: child,
    healthy: () => call("GET", PATHS[name].health).then(isOk, () => false),
    reset: async () => {
      const answer = await call("POST", PATHS[name].reset);
      if (!isOk(answer)) throw new Error(`${name} answered ${answer.status} when it was to be emptied`);
    },
  };
}

/** moto says 201 where MiniStack says 200. */
function isOk({ status }: WholeResponse): boolean {
  return status >= 200 && status < 300;
}

/** What the emulators get from outside: no endpoint, credential or profile of the user's. */
function baseEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT"];
  return Object.fromEntries(kept.map((key) => [key, process.env[key]]));
}

function environmentOf(name: EmulatorName, gatewayPort: number, settings: LocalSettings): NodeJS.ProcessEnv {
  if (name === "moto") {
    return {
      ...(settings.persist ? { MOTO_STATE: join(settings.stateDirectory, "moto", "state") } : {}),
      // Without them, AWS's managed policies do not exist.
      MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
    };
  }
  const state = join(settings.stateDirectory, "ministack");
  return {
    // The port of the addresses that it tells, and that its functions call.
    GATEWAY_PORT: String(gatewayPort),
    MINISTACK_ACCOUNT_ID: settings.account,
    MINISTACK_REGION: settings.region,
    LOG_LEVEL: "WARNING",
    // Both would listen on ports of their own.
    SFTP_ENABLED: "0",
    IOT_MTLS_ENABLED: "0",
    STATE_DIR: join(state, "state"),
    S3_DATA_DIR: join(state, "s3"),
    PERSIST_STATE: settings.persist ? "1" : "0",
    S3_PERSIST: settings.persist ? "1" : "0",
  };
}
