import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { RawPlan } from "../../plan/raw";
import type { Secrets } from "../../plan/secrets";
import { secretsOf } from "../../plan/stack-secrets";
import { PrivateFile } from "../../process/private-file";
import { type Ended, plain, runLogged } from "../../process/run";
import { WorkFolder } from "../../process/work-folder";
import type { Progress } from "../../progress/tasks";
import type { Project } from "../../project/project";
import type { Binary } from "../../terraform/binary";
import { failureOf } from "../../terraform/failure";
import { ProviderPool, withLentProvider } from "../../terraform/provider/pool";
import type { TerraformSetting, Variables } from "../../terraform/stack";
import type { Target } from "../target";
import { codeAloneOf, codeNotedAs, overriddenFolder } from "./code-alone";
import { doesSomething, otherThanCode, type PlannedChange } from "./code-changes";
import { variablesOf } from "./running";

/** How Terraform is run. */
export interface TerraformProps {
  readonly project: Project;

  readonly terraform: Binary;

  /** Variables for Terraform. */
  readonly env: Variables;

  /** Names whose values are masked though nobody marked them. */
  readonly mask: readonly string[];

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
   * @param notedAs - hash that the configuration says the code has, in place of the pinned one: then the function is sent
   *   its code also where the state says that it has it.
   * @throws CliError when the plan would change more than the code.
   */
  plan(codeAlone: boolean, notedAs?: string): Promise<TargetedPlan>;
}

/** A plan of a target, saved, that is carried out as it was seen. */
export interface TargetedPlan {
  /** Whether it does anything. */
  readonly isEmpty: boolean;

  /** Whether it sends the function its code. */
  readonly sendsCode: boolean;

  /** Forgets it. */
  discard(): void;

  /** Carries it out. @throws NotBegun when nothing was changed, CliError with Terraform's reason otherwise. */
  apply(): Promise<void>;
}

/** An apply that ended before its first change: the state was locked, or somebody had applied another plan. */
export class NotBegun extends CliError {}

/** How long Terraform waits for the state's lock. */
const LOCK_TIMEOUT = "60s";

/** Terraform on the stack of one target. */
export class TargetTerraform implements DeployTerraform {
  /** What nothing that is printed or kept may show. */
  private secrets: Promise<Secrets> | undefined;

  constructor(
    private readonly target: Target,
    private readonly props: TerraformProps,
  ) {}

  async init(): Promise<void> {
    const what = "initialising";
    const { ended } = await this.working((work) =>
      this.step(work, what, ["init", "-input=false", "-no-color"]),
    );
    if (ended.exitCode !== 0) throw await this.failure(what, ended.all);
  }

  async isDeployed(): Promise<boolean> {
    const what = "reading the state";
    const { ended } = await this.working((work) => this.step(work, what, ["state", "list"]));
    const { stdout, exitCode, all } = ended;
    if (exitCode > 1 || (exitCode === 1 && !/No state file was found/i.test(all)))
      throw await this.failure(what, all);
    return stdout.split("\n").includes(this.target.aliasAddress);
  }

  /** The alias depends on the alarms of the newest version, so the plan has them without being asked. */
  plan(codeAlone: boolean, notedAs?: string): Promise<TargetedPlan> {
    return this.working(async (work) => {
      // A saved plan holds the configuration in clear: it has no name, and is gone with who has it open.
      const saved = work.privateFile();
      try {
        const { target } = this;
        const alone = codeAlone ? codeAloneOf(target, await variablesOf(target)) : undefined;
        const again = notedAs === undefined ? undefined : codeNotedAs(target, notedAs);
        const overrides = [alone, again].filter((one) => one !== undefined);
        const cwd =
          overrides.length > 0
            ? overriddenFolder(target, overrides, work.file("stack"))
            : target.stack.folder;
        const changes = await this.changes(work, saved, cwd, codeAlone);
        if (changes.length === 0) saved.close();
        return {
          isEmpty: changes.length === 0,
          sendsCode: changes.some(({ address }) => address === target.functionAddress),
          discard: () => saved.close(),
          apply: () => this.working((own) => this.apply(own, saved)).finally(() => saved.close()),
        };
      } catch (error) {
        saved.close();
        throw error;
      }
    });
  }

  /** Does something with Terraform while no other run works on the stack here. */
  private working<T>(work: (folder: WorkFolder) => Promise<T>): Promise<T> {
    const { project } = this.props;
    return WorkFolder.during(project, (own) => own.lockStack(this.target.stack.name, () => work(own)));
  }

  private async changes(
    work: WorkFolder,
    saved: PrivateFile,
    cwd: string,
    codeAlone: boolean,
  ): Promise<readonly PlannedChange[]> {
    const { what, ended } = await this.planned(work, saved, cwd);
    if (ended.exitCode !== 0) throw await this.failure(what, ended.all);
    const shown = JSON.parse(ended.stdout) as RawPlan & { resource_changes?: readonly PlannedChange[] };
    (await this.secrets)?.addPlan(shown);
    const { resource_changes: all = [] } = shown;
    this.refuse(otherThanCode(all, this.target), codeAlone);
    return all.filter(doesSomething);
  }

  /** Plans by a provider that goes on running, where that can be. */
  private async planned(work: WorkFolder, saved: PrivateFile, cwd: string): Promise<Step> {
    const { stack } = this.target;
    if (!this.props.shareProvider) return this.planAndShow(work, saved, { cwd });
    const pool = new ProviderPool({ setting: this.setting, stacks: [stack], concurrency: 1 });
    try {
      pool.note(stack);
      return await withLentProvider(
        await pool.lend(stack),
        (lent) => this.planAndShow(work, saved, { cwd, ...(lent ? { env: lent.environment } : {}) }),
        ({ ended }) => (ended.exitCode === 0 ? undefined : ended.all),
      );
    } finally {
      await pool.close();
    }
  }

  /** Plans into a file and shows that; gives the first of both that fails, or the last. */
  private async planAndShow(work: WorkFolder, saved: PrivateFile, place: Place): Promise<Step> {
    const { functionAddress, aliasAddress } = this.target;
    const targets = [`-target=${functionAddress}`, `-target=${aliasAddress}`];
    const out = `-out=${PrivateFile.INHERITED}`;
    const args = ["plan", "-input=false", "-no-color", `-lock-timeout=${LOCK_TIMEOUT}`, out, ...targets];
    const plan = await this.step(work, "planning", args, { ...place, inherited: saved });
    if (plan.ended.exitCode !== 0) return plan;
    const output = work.privateFile();
    const show = ["show", "-json", PrivateFile.INHERITED];
    return this.step(work, "reading the plan", show, { ...place, inherited: saved, output }).finally(() =>
      output.close(),
    );
  }

  private async apply(work: WorkFolder, saved: PrivateFile): Promise<void> {
    const { project } = this.props;
    const { stack } = this.target;
    const args = [
      "apply",
      "-input=false",
      "-no-color",
      `-lock-timeout=${LOCK_TIMEOUT}`,
      PrivateFile.INHERITED,
    ];
    const { ended } = await this.step(work, undefined, args, { cwd: stack.folder, inherited: saved });
    if (ended.exitCode === 0) return;
    const kept = join(project.root, ".groundplan", "artifacts", `${stack.name}.log`);
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, (await this.secrets)?.scrub(plain(ended.all)) ?? "");
    const failure = await this.failure("deploying", ended.all, kept);
    if (/: (?:Creating|Modifying|Destroying)\.\.\./.test(ended.all)) throw failure;
    throw new NotBegun(failure.exitCode, failure.message, "nothing was applied");
  }

  private refuse(others: readonly string[], codeAlone: boolean): void {
    if (others.length === 0) return;
    const { stack, environment, service } = this.target;
    const back = `go back without it: npx groundplan artifact rollback ${environment} --service ${service}, which leaves all but the code as it is`;
    throw new CliError(
      EXIT.FAILED,
      `${stack.name} has pending changes other than code: ${others.join(", ")}`,
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

  private async failure(what: string, output: string, where = this.target.stack.folder): Promise<CliError> {
    const secrets = await this.secrets;
    const mask = (text: string) => secrets?.scrub(text) ?? "";
    return failureOf(`${this.target.stack.name}: ${what}`, output, where, { mask });
  }

  private get setting(): TerraformSetting {
    const { project, terraform, env, mask } = this.props;
    return { project, terraform, env: () => env, lockTimeout: LOCK_TIMEOUT, mask };
  }

  /**
   * Runs Terraform. It writes into a file: it comes to its end, and releases its lock, even when this process is killed.
   *
   * @param what - what it is for; undefined shows everything that it says.
   */
  private async step(
    work: WorkFolder,
    what: string | undefined,
    args: readonly string[],
    { cwd, env: more, ...files }: Place = { cwd: this.target.stack.folder },
  ): Promise<Step> {
    const { terraform, env, progress } = this.props;
    if (what !== undefined) progress(what);
    const told = this.told(progress);
    this.secrets ??= secretsOf(this.target.stack, { setting: this.setting, folder: work.path });
    const secrets = await this.secrets;
    const log = work.privateFile();
    try {
      const ended = await runLogged(terraform.command, args, {
        cwd,
        env: { ...env, ...more },
        log,
        note: work.noteOf(this.target.stack.name),
        live: {
          mask: (text) => secrets.scrubUnfinished(text),
          progress: (line) => (what === undefined || /state lock/.test(line)) && told(line),
        },
        ...files,
      });
      return { what: what ?? "deploying", ended };
    } finally {
      log.close();
    }
  }
}

/** Where Terraform runs, and with what. */
interface Place {
  readonly cwd: string;
  readonly env?: Variables;

  /** File of the saved plan. */
  readonly inherited?: PrivateFile;

  /** Gets the output without the error output. */
  readonly output?: PrivateFile;
}

/** A run of Terraform, and what it was for. */
interface Step {
  readonly what: string;
  readonly ended: Ended;
}
