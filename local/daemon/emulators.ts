import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { freePorts } from "../free-ports";
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
  readonly port: number;
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

  /** Address of the gateway, by which an emulator calls the other. */
  readonly gateway: string;
}

/** Starts an emulator on a loopback port of its own; it ends with this process, however that ends. */
export async function startEmulator({
  name,
  version,
  python,
  settings,
  gateway,
}: StartProps): Promise<Emulator> {
  const [port = 0] = await freePorts(1);
  const log = openLog(settings.stateDirectory, `${name}.log`);
  const temporary = join(settings.stateDirectory, "temporary");
  privateFolder(temporary);
  const child = spawnPrivately(python, [SCRIPT, name], {
    // The pipe is its sign of life: when this process is gone, it closes.
    stdio: ["pipe", log, log],
    env: {
      ...baseEnvironment(),
      ...environmentOf(name, port, settings),
      ...(settings.persist ? { GROUNDPLAN_STATE_KEY: machineKeyFile() } : {}),
      // The emulators' names in the common one can be guessed, and taken before.
      TMPDIR: temporary,
      GROUNDPLAN_GATEWAY: gateway,
    },
  });
  const base = `http://127.0.0.1:${port}`;
  return {
    name,
    version,
    port,
    process: child,
    healthy: async () => (await fetch(base + PATHS[name].health).catch(() => undefined))?.ok ?? false,
    reset: async () => {
      const response = await fetch(base + PATHS[name].reset, { method: "POST" });
      if (!response.ok) throw new Error(`${name} answered ${response.status} when it was to be emptied`);
    },
  };
}

/** What the emulators get from outside: no endpoint, credential or profile of the user's. */
function baseEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT"];
  return Object.fromEntries(kept.map((key) => [key, process.env[key]]));
}

function environmentOf(name: EmulatorName, port: number, settings: LocalSettings): NodeJS.ProcessEnv {
  if (name === "moto") {
    return {
      MOTO_PORT: String(port),
      ...(settings.persist ? { MOTO_STATE: join(settings.stateDirectory, "moto", "state") } : {}),
      // Without them, AWS's managed policies do not exist.
      MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
    };
  }
  const state = join(settings.stateDirectory, "ministack");
  return {
    GATEWAY_PORT: String(port),
    BIND_HOST: "127.0.0.1",
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
