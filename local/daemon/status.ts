import type { EngineName } from "../engines/engine";
import type { KeptSettings } from "../kept-settings";
import type { InstanceMode } from "../options";

/** What runs, since when, and what the next one will be started with. */
export interface LocalStatus extends DaemonStatus {
  /** What an `up` was given, and the next one gets too, unless it is given something else. */
  readonly kept: KeptSettings;
}

/** What runs, and since when. */
export interface DaemonStatus {
  /** Address of the gateway, e.g. `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly port: number;

  /** Process id of the gateway. */
  readonly pid: number;
  readonly account: string;
  readonly region: string;

  readonly startedAt: string;

  /** Whether state is kept over a restart, for those services that can. */
  readonly persisted: boolean;

  readonly stateDirectory: string;

  /** State files that were not read: a checkout brought them, or another version has written them. */
  readonly setAside: readonly string[];
  readonly emulators: readonly EmulatorStatus[];

  /** Certificate of the authority that signs those of load balancers: `curl --cacert`. */
  readonly authority: string;

  /** Containers of tasks: how many tasks run, or why none does. */
  readonly tasks: { readonly running: number; readonly obstacle?: string };

  /**
   * Instances of EC2: where this machine reaches port 22 of those that run, e.g. `127.0.0.1:40022`, by their ids; or why
   * all are entries.
   */
  readonly instances: {
    readonly mode: InstanceMode;
    readonly ssh: Readonly<Record<string, string>>;
    readonly obstacle?: string;
  };

  /**
   * Path of the network namespace in which the addresses of tasks, databases and instances are, once a task or database has run, and at once where instances boot:
   * `nsenter --net=<path>`, as root. AWS is at the port of the endpoint there too.
   */
  readonly networkNamespace?: string;

  /** Where this machine reaches the databases that run, e.g. `127.0.0.1:5432`, by their identifiers. */
  readonly databases: Readonly<Record<string, string>>;
}

/** One emulator behind the gateway. */
export interface EmulatorStatus {
  readonly name: EngineName;
  readonly version: string;
  readonly pid: number;
  readonly healthy: boolean;

  /** Requests that it has answered. */
  readonly requests: number;

  /** Whether what it holds outlives a restart. */
  readonly keepsState: boolean;
}
