import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { openLog } from "../daemon/log";
import { machineKeyFile } from "../files/machine-key";
import { privateFolder, spawnPrivately } from "../files/private";
import type { WholeResponse } from "../gateway/exchange";
import { exchange, keptConnections } from "../gateway/proxy";
import type { LocalSettings } from "../options";
import { WORKSPACE } from "../workspace";
import { ENGINES } from ".";
import type { EngineName, StateAction } from "./engine";

/** An emulator that runs behind the gateway. */
export interface Emulator {
  readonly name: EngineName;
  readonly version: string;
  readonly process: ChildProcess;

  /** Whether it answers. */
  healthy(): Promise<boolean>;

  /** Empties it. */
  reset(): Promise<void>;

  /** Saves, empties or fills it, where it keeps state. @throws with its reason when it cannot. */
  handleState(action: StateAction): Promise<void>;
}

/** Script that runs an emulator, beside this workspace's sources. */
const SCRIPT = join(WORKSPACE, "engines", "emulator.py");

/** Properties of {@link startEmulator}. */
export interface StartProps {
  readonly name: EngineName;
  readonly version: string;

  /** Python interpreter of the environment that holds the emulators. */
  readonly python: string;
  readonly settings: LocalSettings;

  /** Python modules that change it before it starts, e.g. `services.lambda.patch`. */
  readonly patches: readonly string[];

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
  patches,
  socket,
  gatewayPort,
}: StartProps): Emulator {
  const engine = ENGINES[name];
  const log = openLog(settings.stateDirectory, `${name}.log`);
  const temporary = join(settings.stateDirectory, "temporary");
  privateFolder(temporary);
  const child = spawnPrivately(python, [SCRIPT, name, ...patches], {
    // The pipe is its sign of life: when this process is gone, it closes.
    stdio: ["pipe", log, log],
    env: {
      ...baseEnvironment(),
      ...engine.environment(settings, gatewayPort),
      ...(settings.persist ? { GROUNDPLAN_STATE_KEY: machineKeyFile() } : {}),
      // The emulators' names in the common one can be guessed, and taken before.
      TMPDIR: temporary,
      GROUNDPLAN_SOCKET: socket,
      GROUNDPLAN_GATEWAY: `http://127.0.0.1:${gatewayPort}`,
    },
  });
  const upstream = { name, socket, agent: keptConnections(4) };
  const call = (method: string, url: string) => {
    const head = { method, url, headers: { host: "localhost" }, scope: undefined, operation: url };
    return exchange({ ...head, target: "emulator", body: Buffer.alloc(0) }, upstream);
  };
  return {
    name,
    version,
    process: child,
    healthy: () => call("GET", engine.healthPath).then(isOk, () => false),
    reset: async () => {
      const answer = await call("POST", engine.resetPath);
      if (!isOk(answer)) throw new Error(`${name} answered ${answer.status} when it was to be emptied`);
    },
    handleState: async (action) => {
      const answer = await call("POST", engine.statePaths[action]);
      if (!isOk(answer)) throw new Error(`${name} cannot ${action} its state: ${answer.body.toString()}`);
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
