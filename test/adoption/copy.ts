import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../temporary-folder";

const ROOT = join(__dirname, "..", "..");

/** What a command came to. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** The repository in a folder of its own, as a team has it that adopts the platform; packages are shared with this one. */
export class Copy {
  readonly path = temporaryFolder("adopted");

  constructor() {
    const files = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    if (files.status !== 0) throw new Error(`git lists no files\n${files.stderr}`);
    for (const file of files.stdout.split("\0")) {
      // One that is removed and not committed yet is listed all the same; the others are another test's.
      if (file === "" || file.includes("/.compile-") || !existsSync(join(ROOT, file))) continue;
      cpSync(join(ROOT, file), join(this.path, file));
    }
    const modules = (...below: readonly string[]) => join("node_modules", ...below);
    mkdirSync(join(this.path, modules()));
    for (const name of readdirSync(join(ROOT, modules()))) {
      if (name !== "@groundplan" && name !== "groundplan")
        this.link(join(ROOT, modules(name)), modules(name));
    }
    mkdirSync(join(this.path, modules("@groundplan")));
    // The workspaces are the copy's own.
    this.link(join(this.path, "modules"), modules("@groundplan", "modules"));
    this.link(join(this.path, "local"), modules("@groundplan", "local"));
    this.link(join(this.path, "cli"), modules("groundplan"));
    for (const workspace of ["modules", "local", "cli"]) {
      const own = join(workspace, modules());
      if (existsSync(join(ROOT, own))) this.link(join(ROOT, own), own);
    }
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), "utf8");
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text);
  }

  /** Replaces texts of a file; one that is not there is an error. */
  edit(file: string, ...changes: readonly (readonly [from: string | RegExp, to: string])[]): void {
    let text = this.read(file);
    for (const [from, to] of changes) {
      const after = text.replaceAll(typeof from === "string" ? from : new RegExp(from, "g"), to);
      if (after === text) throw new Error(`${file} has no ${from}`);
      text = after;
    }
    this.write(file, text);
  }

  /** Copies a file, or a folder, under another name. */
  copy(from: string, to: string): void {
    cpSync(join(this.path, from), join(this.path, to), { recursive: true });
  }

  /** Names of what is in a folder. */
  list(folder: string): readonly string[] {
    return readdirSync(join(this.path, folder)).sort();
  }

  /** Runs a program of the packages with Node; it may fail. */
  run(script: string, ...args: readonly string[]): Promise<Ended> {
    return this.runWith({}, script, ...args);
  }

  /** Runs it with further variables. */
  runWith(
    variables: Readonly<Record<string, string>>,
    script: string,
    ...args: readonly string[]
  ): Promise<Ended> {
    // What its tests cost is the suite's that runs them.
    const { GROUNDPLAN_TEST_COSTS: _, ...inherited } = process.env;
    const env = { ...inherited, ...variables, FORCE_COLOR: "0", NO_COLOR: "1" };
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, ...args], {
        cwd: this.path,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, output }));
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private link(target: string, name: string): void {
    symlinkSync(target, join(this.path, name));
  }
}
