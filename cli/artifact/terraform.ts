import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Progress } from "../console/tasks";
import type { Project } from "../project/project";
import type { Binary } from "../terraform/binary";
import { failureOf } from "../terraform/failure";
import { byLent, ProviderPool } from "../terraform/provider-pool";
import { type Ended, run, runLogged } from "../terraform/run";
import type { Variables } from "../terraform/stack";
import { folderOfCodeAlone } from "./code-alone";
import { doesSomething, otherThanCode, type PlannedChange } from "./code-changes";
import { variablesOf } from "./running";
import type { Target } from "./target";

/** How Terraform is run. */
export interface TerraformProps {
  readonly project: Project;

  readonly terraform: Binary;

  /** Variables for Terraform. */
  readonly env: Variables;

  /** Plans by a process of the AWS provider that goes on running; what changes anything starts its own. */
  readonly shareProvider: boolean;
  readonly progress: Progress;
}

/** What a deploy asks of Terraform on the stack of its target. */
export interface DeployTerraform {
  /** Gets the providers and the state. */
  init(): Promise<void>;

  /** Whether the stack's function stands, by its state. @throws CliError when the state cannot be read. */
  isDeployed(): Promise<boolean>;

  /**
   * Plans the function, its alias and the alarms of its newest version, by the pin as it is now.
   *
   * @param codeAlone - leaves alone what else differs, for a way back that cannot wait; otherwise that is refused.
   * @throws CliError when the plan would change more than the code.
   */
  plan(codeAlone: boolean): Promise<TargetedPlan>;
}

/** A plan of a target, saved, that is carried out as it was seen. */
export interface TargetedPlan {
  /** Whether it does anything. */
  readonly isEmpty: boolean;

  /** Carries it out. @throws NotBegun when nothing was changed, CliError with Terraform's reason otherwise. */
  apply(): Promise<void>;
}

/** An apply that ended before its first change: the state was locked, or somebody had applied another plan. */
export class NotBegun extends CliError {}

/** How long Terraform waits for the state's lock. */
const LOCK_TIMEOUT = "60s";

/** Terraform on the stack of one target. */
export class TargetTerraform implements DeployTerraform {
  constructor(
    private readonly target: Target,
    private readonly props: TerraformProps,
  ) {}

  async init(): Promise<void> {
    await this.run("initialising", ["init", "-input=false", "-no-color"]);
  }

  async isDeployed(): Promise<boolean> {
    const { stdout, exitCode, all } = await this.run("reading the state", ["state", "list"], [0, 1]);
    if (exitCode !== 0 && !/No state file was found/i.test(all)) throw this.failure("reading the state", all);
    return stdout.split("\n").includes(this.target.aliasAddress);
  }

  /** The alias depends on the alarms of the newest version, so the plan has them without being asked. */
  async plan(codeAlone: boolean): Promise<TargetedPlan> {
    // A saved plan holds the configuration in clear: nobody else reads the folder, and it never stays.
    const folder = mkdtempSync(join(tmpdir(), "groundplan-artifact-"));
    const remove = () => rmSync(folder, { recursive: true, force: true });
    try {
      const file = join(folder, "plan");
      const { target } = this;
      const cwd = codeAlone
        ? folderOfCodeAlone(target, await variablesOf(target), join(folder, "stack"))
        : target.stack.folder;
      const changes = await this.changes(file, cwd, codeAlone);
      if (changes.length === 0) remove();
      const apply = () => this.apply(file, join(folder, "log")).finally(remove);
      return { isEmpty: changes.length === 0, apply };
    } catch (error) {
      remove();
      throw error;
    }
  }

  private async changes(file: string, cwd: string, codeAlone: boolean): Promise<readonly PlannedChange[]> {
    const { what, ended } = await this.planned(file, cwd);
    if (ended.exitCode !== 0) throw this.failure(what, ended.all);
    const { resource_changes: all = [] } = JSON.parse(ended.stdout) as {
      resource_changes?: readonly PlannedChange[];
    };
    this.refuse(otherThanCode(all, this.target), codeAlone);
    return all.filter(doesSomething);
  }

  /** Plans by a provider that goes on running, where that can be. */
  private async planned(file: string, cwd: string): Promise<Step> {
    const { project, terraform, env, shareProvider } = this.props;
    const { stack } = this.target;
    if (!shareProvider) return this.planAndShow(file, cwd);
    const setting = { project, terraform, env: () => env, lockTimeout: LOCK_TIMEOUT };
    const pool = new ProviderPool({ setting, stacks: [stack], concurrency: 1 });
    try {
      pool.note(stack);
      return await byLent(
        await pool.lend(stack),
        (lent) => this.planAndShow(file, cwd, lent?.environment),
        ({ ended }) => (ended.exitCode === 0 ? undefined : ended.all),
      );
    } finally {
      await pool.close();
    }
  }

  /** Plans into a file and shows that; gives the first of both that fails, or the last. */
  private async planAndShow(file: string, cwd: string, env: Variables = {}): Promise<Step> {
    const { functionAddress, aliasAddress } = this.target;
    const targets = [`-target=${functionAddress}`, `-target=${aliasAddress}`];
    const args = ["-input=false", "-no-color", `-lock-timeout=${LOCK_TIMEOUT}`, `-out=${file}`];
    const plan = await this.step("planning", ["plan", ...args, ...targets], cwd, env);
    if (plan.ended.exitCode !== 0) return plan;
    return this.step("reading the plan", ["show", "-json", file], cwd, env);
  }

  private async apply(file: string, log: string): Promise<void> {
    const { project, terraform, env, progress } = this.props;
    const { stack } = this.target;
    const args = ["apply", "-input=false", "-no-color", `-lock-timeout=${LOCK_TIMEOUT}`, file];
    // Into a file: Terraform comes to its end, and releases its lock, even when this process is killed.
    const ended = await runLogged(terraform.command, args, {
      cwd: stack.folder,
      env,
      log,
      onLine: this.told(progress),
    });
    if (ended.exitCode === 0) return;
    const kept = join(project.root, ".groundplan", "artifacts", `${stack.name}.log`);
    mkdirSync(dirname(kept), { recursive: true });
    copyFileSync(log, kept);
    const failure = this.failure("deploying", ended.all, kept);
    if (/: (?:Creating|Modifying|Destroying)\.\.\./.test(ended.all)) throw failure;
    throw new NotBegun(failure.exitCode, failure.message, "nothing was applied");
  }

  private refuse(others: readonly string[], codeAlone: boolean): void {
    if (others.length === 0) return;
    const { stack, environment, service } = this.target;
    const back = `go back without it: npx groundplan artifact rollback ${environment} --service ${service}, which leaves all but the code as it is`;
    throw new CliError(
      EXIT.FAILED,
      `${stack.name} has changes that are no code: ${others.join(", ")}`,
      "nothing was changed; a deploy of code leaves those alone",
      `deploy the stack first: npx cdktf deploy ${stack.name}, or npx groundplan apply --environment ${environment}`,
      "or check out the commit that it was deployed from",
      ...(codeAlone ? [] : [back]),
    );
  }

  /** Says of a lock that it is waited for, which may take a minute. */
  private told(progress: Progress): Progress {
    return (line) =>
      progress(/^Acquiring state lock/.test(line) ? "waiting for the state's lock, up to 60 s" : line);
  }

  private failure(what: string, output: string, where = this.target.stack.folder): CliError {
    return failureOf(`${this.target.stack.name}: ${what}`, output, where);
  }

  private async run(what: string, args: readonly string[], good: readonly number[] = [0]): Promise<Ended> {
    const { ended } = await this.step(what, args);
    if (!good.includes(ended.exitCode)) throw this.failure(what, ended.all);
    return ended;
  }

  private async step(
    what: string,
    args: readonly string[],
    cwd = this.target.stack.folder,
    more: Variables = {},
  ): Promise<Step> {
    const { terraform, env, progress } = this.props;
    progress(what);
    const told = this.told(progress);
    const onLine = (line: string) => /state lock/.test(line) && told(line);
    const ended = await run(terraform.command, args, { cwd, env: { ...env, ...more }, onLine });
    return { what, ended };
  }
}

/** A run of Terraform, and what it was for. */
interface Step {
  readonly what: string;
  readonly ended: Ended;
}
