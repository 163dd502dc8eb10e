import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { InputError, readInput } from "../input/file";
import { PrivateFile } from "../process/private-file";
import { type Ended, type Live, runLogged } from "../process/run";
import { writeWholeFile } from "../process/whole-file";
import type { WorkFolder } from "../process/work-folder";
import type { Project, Stack } from "../project/project";
import type { Binary } from "./binary";
import { credentialsOf } from "./credentials";
import { LARGEST_LOCK, LOCK_FILE, readLock } from "./lock/lock";
import { formatLock } from "./lock/lock-file";
import { requirementsOf } from "./lock/requirements";
import { providerEnvironment } from "./mirror";
import { reconfiguring } from "./reconfigure";

/** A provider that runs already, for the commands of one stack. */
export interface RunningProvider {
  /** Variables with which Terraform uses it. */
  readonly environment: Readonly<Record<string, string>>;

  /** Whether an initialization may leave the package out: {@link install} puts it there by a link. */
  readonly linked: boolean;

  /** Puts the package where an initialization puts it, so that any later Terraform finds and verifies it. */
  install(): void;
}

/** Variables beside this process's; one that is undefined is taken away. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** How Terraform is run in the folders of a project's stacks. */
export interface TerraformSetting {
  readonly project: Project;
  readonly terraform: Binary;

  /** Variables beside this process's, for one stack: stacks may have credentials of their own. */
  readonly env: (stack: Stack) => Variables;

  /** How long Terraform waits for a state that is locked, as Terraform writes it: `120s`. */
  readonly lockTimeout: string;

  /** Names whose values are masked though nobody marked them. */
  readonly mask: readonly string[];

  /** What a backend is told that names nothing itself, as `-backend-config` takes it. @default - nothing */
  readonly backend?: readonly string[];
}

/**
 * The variables with which Terraform finds providers, and a stack's credentials.
 *
 * @param profile - AWS profile, see {@link credentialsOf}.
 */
export function terraformEnvironment(project: Project, profile?: string): TerraformSetting["env"] {
  const providers = providerVariables(project);
  return (stack) => ({ ...providers, ...credentialsOf(stack, profile) });
}

/** From a mirror where there is one, else from the registry with a cache, so that 24 stacks load a provider once. */
function providerVariables({ root }: Project): Variables {
  const providers = providerEnvironment(join(root, ".groundplan", "terraform.rc"));
  const own =
    providers.TF_CLI_CONFIG_FILE !== undefined ||
    process.env.TF_CLI_CONFIG_FILE !== undefined ||
    process.env.TF_PLUGIN_CACHE_DIR !== undefined ||
    existsSync(join(homedir(), ".terraformrc"));
  if (own) return providers;
  const cache = join(root, ".groundplan", "plugin-cache");
  mkdirSync(cache, { recursive: true });
  return { ...providers, TF_PLUGIN_CACHE_DIR: cache };
}

/**
 * Terraform in the folder of one stack. It writes into files and not to this process: so it comes to its end, and
 * releases its lock, even when this process is killed. The files have no name, and end with the last of both.
 */
export class StackTerraform {
  private saved: PrivateFile | undefined;
  private applyLog: PrivateFile | undefined;

  constructor(
    readonly stack: Stack,
    private readonly setting: TerraformSetting,
    private readonly work: WorkFolder,

    /** @default - shows nothing */
    private readonly live?: Live,

    /** @default - Terraform starts its own */
    readonly provider?: RunningProvider,
  ) {}

  /** What Terraform printed of the last apply, as far as it came. */
  get applied(): string {
    return this.applyLog?.read().toString() ?? "";
  }

  /** The plan that was saved last, in clear. */
  savedPlan(): Buffer {
    return this.saved?.read() ?? Buffer.alloc(0);
  }

  /** Forgets the plan that was saved last, and what was printed. */
  close(): void {
    this.saved?.close();
    this.applyLog?.close();
  }

  /** Initializes the folder with the committed provider lock. */
  init(): Promise<Ended> {
    const { setting, stack, provider } = this;
    return this.work.lockStack(stack.name, async () => {
      installLock(setting.project, stack);
      const backend = (setting.backend ?? []).map((one) => `-backend-config=${one}`);
      const args = ["init", "-input=false", "-no-color", ...backend, ...reconfiguring(stack)];
      if (!provider?.linked) return this.run(args, { env: setting.env(stack) });
      const ended = await this.run(args);
      installLock(setting.project, stack);
      provider.install();
      return ended;
    });
  }

  /**
   * Plans, and keeps the plan until the next one or {@link close}; exit code 0 means no changes, 2 changes, 1 a failure.
   *
   * @param more - further arguments, e.g. `-refresh-only`.
   */
  plan(...more: readonly string[]): Promise<Ended> {
    this.saved?.close();
    const saved = this.work.privateFile();
    this.saved = saved;
    const args = [
      "plan",
      "-input=false",
      "-no-color",
      "-detailed-exitcode",
      `-lock-timeout=${this.setting.lockTimeout}`,
      `-out=${PrivateFile.INHERITED}`,
    ];
    return this.work.lockStack(this.stack.name, () => this.run([...args, ...more], { inherited: saved }));
  }

  /** The saved plan as JSON: it holds secrets in clear. */
  show(): Promise<Ended> {
    const output = this.work.privateFile();
    const args = ["show", "-json", PrivateFile.INHERITED];
    return this.work
      .lockStack(this.stack.name, () => this.run(args, { ...this.inherited, output }))
      .finally(() => output.close());
  }

  /** Carries out a saved plan. @param planned - who has it; by default this one. */
  apply(planned: StackTerraform = this): Promise<Ended> {
    this.applyLog?.close();
    const log = this.work.privateFile();
    this.applyLog = log;
    const timeout = `-lock-timeout=${this.setting.lockTimeout}`;
    const args = ["apply", "-input=false", "-no-color", timeout, PrivateFile.INHERITED];
    return this.work.lockStack(this.stack.name, () => this.run(args, { ...planned.inherited, log }));
  }

  /** The outputs as the state has them, as JSON: those that are sensitive in clear. */
  outputs(): Promise<Ended> {
    const output = this.work.privateFile();
    return this.work
      .lockStack(this.stack.name, () => this.run(["output", "-json", "-no-color"], { output }))
      .finally(() => output.close());
  }

  private get inherited(): { readonly inherited?: PrivateFile } {
    return this.saved ? { inherited: this.saved } : {};
  }

  private get environment(): Variables {
    return { ...this.setting.env(this.stack), ...this.provider?.environment };
  }

  /** Runs Terraform, which notes itself for a later run to wait for it. */
  private async run(args: readonly string[], props: StackRunProps = {}): Promise<Ended> {
    const { terraform } = this.setting;
    const { name, folder } = this.stack;
    const log = props.log ?? this.work.privateFile();
    try {
      return await runLogged(terraform.command, args, {
        cwd: folder,
        env: props.env ?? this.environment,
        log,
        note: this.work.noteOf(name),
        ...(this.live ? { live: this.live } : {}),
        ...(props.inherited ? { inherited: props.inherited } : {}),
        ...(props.output ? { output: props.output } : {}),
      });
    } finally {
      if (!props.log) log.close();
    }
  }
}

/** What a run of Terraform has of its own. */
interface StackRunProps {
  readonly env?: Variables;
  readonly inherited?: PrivateFile;

  /** Gets the output without the error output. */
  readonly output?: PrivateFile;

  /** Gets both, and stays open. */
  readonly log?: PrivateFile;
}

/** Whether the committed lock has every provider that a stack requires. */
export function lockCovers(project: Project, stack: Stack): boolean {
  const locked = new Set(readLock(join(project.root, LOCK_FILE)).map(({ address }) => address));
  return requirementsOf([stack]).every(({ address }) => locked.has(address));
}

/** Gives a stack's folder the committed provider lock, cut to what the stack requires. */
export function installLock(project: Project, stack: Stack): void {
  if (!lockCovers(project, stack)) return;
  const required = new Set(requirementsOf([stack]).map(({ address }) => address));
  // What a module requires is not known before init, which drops what nothing uses.
  const all = "module" in stack.json;
  const providers = readLock(join(project.root, LOCK_FILE)).filter(
    ({ address }) => all || required.has(address),
  );
  const file = join(stack.folder, LOCK_FILE);
  const text = formatLock(providers);
  if (providers.length === 0 || textOf(file) === text) return;
  writeWholeFile(file, text);
}

/** What a lock file says; undefined when it is to be written anew. */
function textOf(file: string): string | undefined {
  try {
    return readInput(file, { bytes: LARGEST_LOCK, within: dirname(file) }).toString();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/**
 * One stack for each provider that no stack before it requires: initialized first, one after another, they
 * fill the cache, which is not safe to be written by two at a time.
 */
export function warmUps(stacks: readonly Stack[]): readonly Stack[] {
  const known = new Set<string>();
  return stacks.filter((stack) => {
    const fresh = requirementsOf([stack]).filter(({ address }) => !known.has(address));
    for (const { address } of fresh) known.add(address);
    return fresh.length > 0;
  });
}
