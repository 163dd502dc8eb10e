import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openHoldingProxy } from "../../holding-proxy";

/** A point at which a run is held, for as long as a test needs. */
export interface Hold {
  /** Variables with which a run comes to it. */
  readonly env: Readonly<Record<string, string>>;

  /** Whether something waits there. */
  isReached(): boolean;

  /** Lets it go on. */
  release(): void;

  /** Whether the run hears a signal while it waits; a call that Node makes at once keeps it deaf. */
  readonly hears: boolean;

  /** Ids of the programs that wait, when they are such that outlive a killed run. */
  waiting(): readonly number[];
  close(): void;
}

/** Makes holds of a kind. */
export type MakeHold = (folder: string, endpoint: string) => Promise<Hold>;

/**
 * The real Terraform behind a program that waits before it becomes it, at one of its commands.
 *
 * @param verb - e.g. `plan`.
 */
export const atTerraform =
  (verb: string): MakeHold =>
  async (parent) => {
    const files = marks(parent);
    const real = execFileSync("/bin/sh", ["-c", "command -v terraform"], { encoding: "utf8" }).trim();
    const program = join(files.folder, "terraform");
    const wait = `echo $$ >"${files.reached}.new"; mv "${files.reached}.new" "${files.reached}"; while [ ! -e "${files.go}" ]; do sleep 0.05; done`;
    writeFileSync(program, `#!/bin/sh\nif [ "$1" = "${verb}" ]; then ${wait}; fi\nexec "${real}" "$@"\n`);
    chmodSync(program, 0o755);
    return { ...files.hold, env: { TERRAFORM_BINARY_NAME: program } };
  };

/** An app that waits before it synthesizes. @param where - part of the folder in which it does. */
export const atApp =
  (where = ""): MakeHold =>
  async (parent) => {
    const files = marks(parent);
    return { ...files.hold, env: { HELD: files.reached, GO: files.go, HELD_WHERE: where } };
  };

/** What such an app begins with. */
export const HELD_APP = `const { existsSync, renameSync, writeFileSync } = require("node:fs");
if (process.env.HELD && process.cwd().includes(process.env.HELD_WHERE)) {
  writeFileSync(process.env.HELD + "-" + process.pid, String(process.pid));
  writeFileSync(process.env.HELD + ".new-" + process.pid, String(process.pid));
  renameSync(process.env.HELD + ".new-" + process.pid, process.env.HELD);
  while (!existsSync(process.env.GO)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
}
`;

/**
 * A call of Node's that waits before it is made: one of `node:fs`, of the global `fetch`, or the `start` of a program.
 *
 * @param argument - what the first argument, or the path of the program, is to match.
 */
export const atCall =
  (call: "appendFileSync" | "fetch" | "rmSync" | "start" | "writeFileSync", argument: RegExp): MakeHold =>
  async (parent) => {
    const { reached, go, hold } = marks(parent);
    const HELD_CALL = JSON.stringify({ call, pattern: argument.source, reached, go });
    // What waits is the run itself, or, at its start, a program that it has started.
    return {
      ...hold,
      hears: call === "fetch" || call === "start",
      waiting: () => (call === "start" ? hold.waiting() : []),
      env: { HELD_CALL, NODE_OPTIONS: `--require ${join(__dirname, "held-call.cjs")}` },
    };
  };

/**
 * A request that waits on its way, see {@link openHoldingProxy}.
 *
 * @param variable - the one by which a run finds the server.
 */
export const atRequest =
  (holds: (operation: string, body: string) => boolean, variable = "AWS_ENDPOINT_URL"): MakeHold =>
  async (_, endpoint) => {
    const proxy = await openHoldingProxy(endpoint, holds);
    return {
      env: { [variable]: proxy.url },
      hears: true,
      isReached: () => proxy.held > 0,
      release: () => proxy.release(),
      waiting: () => [],
      close: () => proxy.close(),
    };
  };

/** Terraform at the end of a command, while it still has the lock of its state. */
export const atUnlock: MakeHold = atRequest((operation) => operation === "DeleteItem");

function marks(parent: string) {
  const folder = mkdtempSync(join(parent, "hold-"));
  const reached = join(folder, "reached");
  const go = join(folder, "go");
  const hold = {
    hears: true,
    isReached: () => existsSync(reached),
    release: () => writeFileSync(go, ""),
    // Of apps, each that waits has written a file of its own.
    waiting: () =>
      readdirSync(folder)
        .filter((name) => /^reached(?:-\d+)?$/.test(name))
        .map((name) => Number(readFileSync(join(folder, name), "utf8"))),
    close: () => writeFileSync(go, ""),
  };
  return { folder, reached, go, hold };
}
