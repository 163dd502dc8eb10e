import { resolve } from "node:path";

/** How the emulator is started. */
export interface LocalOptions {
  /**
   * Folder of what it keeps: its process file, logs, and state.
   *
   * @default ".groundplan/local" in the current folder
   */
  readonly stateDirectory?: string;

  /**
   * Port on the loopback address; 0 for any that is free.
   *
   * @default 4566
   */
  readonly port?: number;

  /**
   * Id of the AWS account that it emulates, 12 digits.
   *
   * @default "123456789012"
   */
  readonly account?: string;

  /** @default "us-east-1" */
  readonly region?: string;

  /**
   * Whether instances of EC2 boot as machines of systemd-nspawn: as root on Linux. `entries` are of the API alone.
   *
   * @default "entries"
   */
  readonly instances?: InstanceMode;

  /**
   * Ports of this machine that stand in for hosts of the internet, as tasks and instances see it: `{ "github.com:443":
   * "127.0.0.1:8443" }`. Nothing else of this machine is reached from there.
   *
   * @default - the internet is what it is
   */
  readonly standIns?: Readonly<Record<string, string>>;

  /**
   * Keeps state over a restart, where the emulator can.
   *
   * @default true
   */
  readonly persist?: boolean;

  /** Called with a line for each step that takes time. */
  readonly onProgress?: (line: string) => void;

  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** What an instance of EC2 is. */
export type InstanceMode = (typeof INSTANCE_MODES)[number];

export const INSTANCE_MODES = ["entries", "boot"] as const;

/** Options with every default filled in. */
export interface LocalSettings {
  readonly stateDirectory: string;
  readonly port: number;
  readonly account: string;
  readonly region: string;
  readonly instances: InstanceMode;
  readonly standIns: Readonly<Record<string, string>>;
  readonly persist: boolean;
}

/** An emulator that cannot do what was asked; its message says what to do instead. */
export class LocalError extends Error {
  /** What kind of fault it is, for exit codes. */
  readonly kind: "input" | "missing" | "failed";

  constructor(kind: LocalError["kind"], message: string) {
    super(message);
    this.name = "LocalError";
    this.kind = kind;
  }
}

/** @throws LocalError when an option has no such value. */
export function settingsOf(options: LocalOptions): LocalSettings {
  const { port = 4566, account = "123456789012", region = "us-east-1", persist = true } = options;
  const { instances = "entries", standIns = {} } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new LocalError(
      "input",
      `port ${port} is none\n  use 1024 to 65535, e.g. 4566, or 0 for any that is free`,
    );
  }
  if (!/^\d{12}$/.test(account)) {
    throw new LocalError(
      "input",
      `account ${JSON.stringify(account)} has not 12 digits\n  use e.g. 123456789012`,
    );
  }
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region)) {
    throw new LocalError("input", `region ${JSON.stringify(region)} is none\n  use e.g. us-east-1`);
  }
  if (!INSTANCE_MODES.includes(instances)) {
    throw new LocalError(
      "input",
      `instances ${JSON.stringify(instances)} is no choice\n  use ${INSTANCE_MODES.join(" or ")}`,
    );
  }
  for (const [name, target] of Object.entries(standIns)) {
    if (/^[a-z0-9.-]+:\d{1,5}$/.test(name) && /^[a-z0-9.-]+:\d{1,5}$/.test(target)) continue;
    throw new LocalError(
      "input",
      `standIns: ${JSON.stringify(name)} cannot lead to ${JSON.stringify(target)}\n  use a name and a port each, e.g. "github.com:443" and "127.0.0.1:8443"`,
    );
  }
  const stateDirectory = resolve(options.stateDirectory ?? ".groundplan/local");
  return { stateDirectory, port, account, region, instances, standIns, persist };
}
