import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Progress } from "../console/tasks";
import { InputError, readInput } from "../input/file";
import { LARGEST_LOCK, LOCK_FILE, readLock } from "../lock/lock";
import { formatLock } from "../lock/lock-file";
import { requirementsOf } from "../lock/requirements";
import type { Project, Stack } from "../project/project";
import type { Binary } from "./binary";
import { credentialsOf } from "./credentials";
import { providerEnvironment } from "./mirror";
import { type Ended, run, runLogged } from "./run";
import type { WorkFolder } from "./work";

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
 * Terraform in the folder of one stack. It writes into files of a work folder and not to this process: so it
 * comes to its end, and releases its lock, even when this process is killed.
 */
export class StackTerraform {
  constructor(
    readonly stack: Stack,
    private readonly setting: TerraformSetting,
    private readonly work: WorkFolder,
    private readonly progress: Progress = () => undefined,

    /** @default - Terraform starts its own */
    readonly provider?: RunningProvider,
  ) {}

  /** File for the saved plan, in clear. */
  get planFile(): string {
    return this.work.file(this.stack.name, "tfplan");
  }

  /** File that gets what Terraform prints of an apply. */
  get applyLog(): string {
    return this.work.file(this.stack.name, "apply.log");
  }

  /** Initializes the folder with the committed provider lock. */
  async init(): Promise<Ended> {
    const { setting, stack, provider } = this;
    installLock(setting.project, stack);
    const args = ["-input=false", "-no-color", "-reconfigure"];
    if (!provider?.linked) return this.runWith(setting.env(stack), "init", ...args);
    const ended = await this.run("init", ...args);
    installLock(setting.project, stack);
    provider.install();
    return ended;
  }

  /**
   * Plans into {@link planFile}; exit code 0 means no changes, 2 changes, 1 a failure.
   *
   * @param more - further arguments, e.g. `-refresh-only`.
   */
  plan(...more: readonly string[]): Promise<Ended> {
    const { lockTimeout } = this.setting;
    const args = [
      "-input=false",
      "-no-color",
      "-detailed-exitcode",
      `-lock-timeout=${lockTimeout}`,
      `-out=${this.planFile}`,
    ];
    return this.run("plan", ...args, ...more);
  }

  /** The saved plan as JSON: it holds secrets in clear. */
  show(): Promise<Ended> {
    const { command } = this.setting.terraform;
    return run(command, ["show", "-json", this.planFile], { cwd: this.stack.folder, env: this.environment });
  }

  /** Carries out the saved plan. */
  apply(): Promise<Ended> {
    const { lockTimeout } = this.setting;
    return this.run("apply", "-input=false", "-no-color", `-lock-timeout=${lockTimeout}`, this.planFile);
  }

  private get environment(): Variables {
    return { ...this.setting.env(this.stack), ...this.provider?.environment };
  }

  private run(verb: string, ...args: readonly string[]): Promise<Ended> {
    return this.runWith(this.environment, verb, ...args);
  }

  private runWith(env: Variables, verb: string, ...args: readonly string[]): Promise<Ended> {
    const { terraform } = this.setting;
    const { name, folder } = this.stack;
    return runLogged(terraform.command, [verb, ...args], {
      cwd: folder,
      env,
      log: this.work.file(name, `${verb}.log`),
      onLine: this.progress,
      onStart: (pid) => this.work.occupy(name, pid),
    });
  }
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
  // Over whatever is there: a link is replaced, and not followed.
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
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
