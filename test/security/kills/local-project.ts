import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readProcessFile } from "../../../local/process/process-file";
import { BIN } from "../../cli/groundplan";
import { temporaryFolder } from "../../temporary-folder";
import type { Hold, MakeHold } from "./holds";
import { inClear, leftovers } from "./leftovers";
import { type KillPlace, listenTo, type Started } from "./run";

/** A project in which the local AWS is started and ended, on a port of its own. */
export class LocalProject implements KillPlace {
  readonly path = temporaryFolder("kills-local");
  private readonly temporary = join(this.path, "tmp");
  private readonly state = join(this.path, ".groundplan", "local");

  constructor() {
    for (const folder of ["tmp", "holds"]) mkdirSync(join(this.path, folder));
    writeFileSync(join(this.path, "cdktf.json"), '{ "app": "true" }');
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const own = { XDG_STATE_HOME: join(this.path, "key"), TMPDIR: this.temporary, CI: "1" };
    const options = { cwd: this.path, env: { ...process.env, ...own, ...env } } as const;
    return listenTo(
      spawn(process.execPath, [BIN, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] }),
    );
  }

  hold(make: MakeHold): Promise<Hold> {
    return make(join(this.path, "holds"), "");
  }

  async leftovers(): Promise<readonly string[]> {
    const file = readProcessFile(this.state);
    const known = file ? [file.daemon, ...file.emulators].map(({ pid }) => pid) : [];
    const left = await leftovers({ project: this.path, temporary: this.temporary, locks: async () => [] });
    // The path here is too long for a socket: the emulators that run, and what is served of them, have theirs in the
    // temporary folder.
    const sockets = left.filter((one) => one.startsWith("temporary folder groundplan-sockets-"));
    return [
      ...left.filter((one) => !sockets.includes(one)),
      ...sockets.slice(file ? 2 : 0),
      ...this.processes().filter((line) => !known.includes(Number.parseInt(line, 10))),
    ];
  }

  inClear(): readonly string[] {
    return inClear({ project: this.path });
  }

  /** Whether the local AWS runs, and says so of itself. */
  get runs(): boolean {
    return readProcessFile(this.state) !== undefined;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** What runs for the project: id and arguments of each. */
  private processes(): readonly string[] {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,stat=,args="], { encoding: "utf8" }).split("\n");
    return lines
      .map((line) => line.trim())
      .filter((line) => line.includes(this.path) && !/^\d+\s+Z/.test(line));
  }
}
