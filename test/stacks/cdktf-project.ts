import { type ChildProcess, spawn } from "node:child_process";
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
import { join } from "node:path";
import { providerEnvironment } from "../../cli/terraform/mirror";
import type { LentProvider } from "../lent-provider";
import { MAIN } from "../platform/main";
import { temporaryFolder } from "../temporary-folder";

const ROOT = join(__dirname, "..", "..");

/** What a command came to. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;

  /** The part of it that went to standard output. */
  readonly stdout: string;
}

/**
 * A CDKTF project of the repository's stacks and the tests' own platform, in a folder of its own, so that a test leaves
 * nothing in the checkout.
 *
 * It runs the real cdktf on the build, as `cdktf.json` does, without the compiler in front of it.
 */
export class CdktfProject {
  readonly path = temporaryFolder("cdktf");
  private readonly environment: NodeJS.ProcessEnv;

  /** The variables that its commands get. */
  get variables(): NodeJS.ProcessEnv {
    return this.environment;
  }

  /** @param variables - e.g. those by which Terraform finds the emulator. */
  constructor(variables: Readonly<Record<string, string>> = {}) {
    const { AWS_CA_BUNDLE: _, ...inherited } = process.env;
    const config = JSON.parse(readFileSync(join(ROOT, "cdktf.json"), "utf8"));
    const main = join(this.path, "main.js");
    writeFileSync(main, MAIN);
    const app = `${JSON.stringify(process.execPath)} ${JSON.stringify(main)}`;
    writeFileSync(join(this.path, "cdktf.json"), JSON.stringify({ ...config, app }));
    cpSync(join(ROOT, ".terraform.lock.hcl"), join(this.path, ".terraform.lock.hcl"));
    // What a build checks the types of services by is beside them.
    for (const name of ["node_modules", "services", "tsconfig.base.json"])
      symlinkSync(join(ROOT, name), join(this.path, name));
    const providers = providerEnvironment(join(this.path, "terraform.rc"), process.env);
    this.environment = {
      ...inherited,
      ...variables,
      ...providers,
      CI: "1",
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
      FORCE_COLOR: "0",
      CDKTF_HOME: join(this.path, "home"),
      TMPDIR: this.temporary,
    };
    for (const folder of [join(this.path, "home"), this.temporary]) mkdirSync(folder);
  }

  /** Has a provider that runs already serve all of its commands, also those that would share one or start their own. */
  async useProvider(provider: LentProvider): Promise<void> {
    Object.assign(this.environment, await provider.serve(this.path));
  }

  /** Folder of what its commands keep for a while: other suites do so too, at the same time. */
  get temporary(): string {
    return join(this.path, "tmp");
  }

  /** Folder that a stack is synthesized to. */
  stack(name: string): string {
    return join(this.path, "cdktf.out", "stacks", name);
  }

  /** Names of all that is synthesized. */
  stacks(): readonly string[] {
    return readdirSync(join(this.path, "cdktf.out", "stacks")).sort();
  }

  /** Starts cdktf as the leader of a process group of its own. */
  start(...args: readonly string[]): ChildProcess {
    const cdktf = join(ROOT, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf.js");
    return spawn(process.execPath, [cdktf, ...args], {
      cwd: this.path,
      env: this.environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
  }

  /** Runs cdktf; it may fail. */
  async cdktf(...args: readonly string[]): Promise<Ended> {
    return ended(this.start(...args));
  }

  /**
   * Destroys stacks, and leaves alone what depends on them: it was never deployed here.
   *
   * One at a time: with that flag cdktf 0.21 begins a stack that is under way again and again.
   */
  async destroy(...stacks: readonly string[]): Promise<Ended> {
    const flags = ["--auto-approve", "--ignore-missing-stack-dependencies", "--parallelism", "1"];
    return this.cdktf("destroy", ...stacks, ...flags);
  }

  /** Runs the `groundplan` command of this repository; it may fail. */
  async groundplan(...args: readonly string[]): Promise<Ended> {
    const script = join(ROOT, "cli", "bin", "groundplan.js");
    return this.run(process.execPath, [script, ...args], this.path);
  }

  /** Runs Terraform in a stack's folder; it may fail. */
  async terraform(stack: string, ...args: readonly string[]): Promise<Ended> {
    return this.run("terraform", [...args, "-no-color"], this.stack(stack));
  }

  /** The same with a provider that is lent to it. */
  async terraformWith(provider: LentProvider, stack: string, ...args: readonly string[]): Promise<Ended> {
    const folder = this.stack(stack);
    return provider.during(folder, (lent) => this.run("terraform", [...args, "-no-color"], folder, lent));
  }

  /** The same with variables of another emulator. */
  async terraformAt(
    variables: Readonly<Record<string, string>>,
    stack: string,
    ...args: readonly string[]
  ): Promise<Ended> {
    return this.run("terraform", args, this.stack(stack), variables);
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private run(
    program: string,
    args: readonly string[],
    cwd: string,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const env = { ...this.environment, ...variables };
    return ended(spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] }));
  }
}

/** Waits for the end of a command. */
export function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let output = "";
    let stdout = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, stdout }));
  });
}

/** Waits until a command has printed a text, or has ended. */
export function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes(text)) resolve();
      });
    }
    child.on("close", () => resolve());
  });
}

/** The output of a command, or an error with it when it did not end with 0. */
export function succeeded({ code, output }: Ended): string {
  if (code !== 0) throw new Error(`the command ended with ${code}\n${output}`);
  return output;
}

/** Whether a file of a stack is there. */
export function has(project: CdktfProject, stack: string, file: string): boolean {
  return existsSync(join(project.stack(stack), file));
}
