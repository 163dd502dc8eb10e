import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hear } from "../../process/interrupts";
import type { Variables } from "../stack";
import { SHARED_PROVIDER } from "./sharing";

/** How long a provider may take until it says where it listens: milliseconds. */
const START_TIMEOUT = 60_000;

/**
 * Ends the provider when its standard input is closed: by this process, or by the system when this process was
 * killed. The shell becomes the provider, so that both have one process id.
 */
const LEASH = 'exec 3<&0; (cat <&3; kill -9 $$; rm -rf "$0") >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';

/**
 * A process of a provider that outlives the Terraform that uses it, as `-debug` makes it, so that the next one
 * need not start and verify it.
 *
 * It listens in a folder that only this user can enter.
 */
export class SharedProvider {
  private constructor(
    private readonly child: ChildProcess,

    /** Folder of its sockets, which only this user can enter. */
    readonly folder: string,
    private readonly address: Address,
  ) {}

  /** Path of its socket. */
  get socket(): string {
    return this.address.Addr.String;
  }

  /** Value of `TF_REATTACH_PROVIDERS` with which Terraform finds it at a socket. */
  reattach(socket: string): string {
    const { Addr, ...address } = this.address;
    return JSON.stringify({ [SHARED_PROVIDER]: { ...address, Addr: { ...Addr, String: socket } } });
  }

  /**
   * Starts a provider.
   *
   * @param binary - path of its program.
   * @throws Error when it does not run, or does not say where it listens.
   */
  static async start(binary: string, env: Variables): Promise<SharedProvider> {
    const folder = mkdtempSync(join(tmpdir(), "groundplan-provider-"));
    const child = spawn("/bin/sh", ["-c", LEASH, folder, binary, "-debug"], {
      env: { ...process.env, ...env, ...certificates(folder), ...QUIET, PLUGIN_UNIX_SOCKET_DIR: folder },
      // Its log is long: nobody reads it, and a pipe that nobody reads would hold it.
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    // At the first Ctrl-C Terraform still needs it to come to its end.
    hear(child, () => undefined);
    child.stdin?.on("error", () => undefined);
    try {
      return new SharedProvider(child, folder, await addressOf(child));
    } catch (error) {
      await end(child, folder);
      throw error;
    }
  }

  /** Whether it still runs. */
  get runs(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Whether it has ended by itself, which a Terraform that used it may notice first. */
  async hasEnded(): Promise<boolean> {
    if (this.runs) await Promise.race([once(this.child, "exit"), sleep(200)]);
    return !this.runs;
  }

  stop(): Promise<void> {
    return end(this.child, this.folder);
  }
}

/** Its own log of each request is most of its work, and goes nowhere. */
const QUIET = { TF_LOG_SDK: "OFF", TF_LOG_PROVIDER: "OFF" } as const;

/**
 * The AWS SDK cannot give a process's second configuration the bundle of `AWS_CA_BUNDLE`. Go reads the same
 * certificates, and no others, by these variables.
 */
function certificates(folder: string): Variables {
  const bundle = process.env.AWS_CA_BUNDLE;
  if (!bundle) return {};
  return { AWS_CA_BUNDLE: undefined, SSL_CERT_FILE: bundle, SSL_CERT_DIR: join(folder, "none") };
}

/** Where a provider listens, as it says it. */
interface Address {
  readonly ProtocolVersion: number;
  readonly Addr: { readonly Network: string; readonly String: string };
}

function addressOf(child: ChildProcess): Promise<Address> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => reject(new Error("the provider does not start")), START_TIMEOUT);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    child.once("error", fail);
    child.once("exit", (code) => fail(new Error(`the provider ended with ${code ?? "a signal"}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      if (output.length > 100_000) return;
      output += chunk.toString();
      const [, text] = /TF_REATTACH_PROVIDERS='([^']+)'/.exec(output) ?? [];
      if (text === undefined) return;
      const address = (JSON.parse(text) as Readonly<Record<string, Address>>)[SHARED_PROVIDER];
      if (address?.ProtocolVersion !== 5 || address.Addr.Network !== "unix") {
        return fail(new Error("the provider speaks another protocol"));
      }
      clearTimeout(timer);
      resolve(address);
    });
  });
}

/** Kills a provider with its leash, both of which are one process group. */
async function end(child: ChildProcess, folder: string): Promise<void> {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await exited;
  } catch {
    // It has ended by itself, or could not be started.
  }
  rmSync(folder, { recursive: true, force: true });
}
