import { rmSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Progress } from "../console/tasks";
import type { Project } from "../project/project";
import { failureOf } from "../terraform/failure";
import { type Ended, run, runLogged } from "../terraform/run";
import type { Target } from "./target";

/** How Terraform is run. */
export interface TerraformProps {
  readonly project: Project;

  /** Terraform's command. */
  readonly terraform: string;

  /** Variables for Terraform. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
}

/** A change that a plan would make. */
interface Change {
  readonly address: string;
  readonly actions: readonly string[];
}

/** A plan of a target, saved, that is carried out as it was seen. */
export interface TargetedPlan {
  /** Whether it does anything. */
  readonly isEmpty: boolean;

  /** Carries it out. @throws CliError with Terraform's reason. */
  apply(): Promise<void>;
}

/** Terraform on the stack of one target. */
export class TargetTerraform {
  constructor(
    private readonly target: Target,
    private readonly props: TerraformProps,
  ) {}

  /** Gets the providers and the state. */
  async init(): Promise<void> {
    await this.run("initialising", ["init", "-input=false", "-no-color"]);
  }

  /** Whether the stack's function stands, by its state. */
  async isDeployed(): Promise<boolean> {
    const { stdout } = await this.run("reading the state", ["state", "list"], [0, 1]);
    return stdout.split("\n").includes(this.target.aliasAddress);
  }

  /**
   * Plans the function, its alias and the alarms of its newest version, on which the alias depends, and nothing else.
   *
   * @throws CliError when the plan would destroy one of them, or change what they stand on.
   */
  async plan(): Promise<TargetedPlan> {
    const { functionAddress, aliasAddress, stack } = this.target;
    const file = join(stack.folder, "artifact.tfplan");
    const targets = [`-target=${functionAddress}`, `-target=${aliasAddress}`];
    await this.run("planning", [
      "plan",
      "-input=false",
      "-no-color",
      "-lock-timeout=60s",
      `-out=${file}`,
      ...targets,
    ]);
    const { stdout } = await this.run("reading the plan", ["show", "-json", file]);
    const { resource_changes: all = [] } = JSON.parse(stdout) as {
      resource_changes?: readonly {
        readonly address: string;
        readonly change: { readonly actions: readonly string[] };
      }[];
    };
    const changes = all
      .map(({ address, change }): Change => ({ address, actions: change.actions }))
      .filter(({ actions }) => !actions.every((action) => action === "no-op" || action === "read"));
    this.refuse(changes);
    return {
      isEmpty: changes.length === 0,
      apply: async () => {
        const log = join(this.props.project.root, ".groundplan", "artifacts", `${stack.name}.log`);
        const args = ["apply", "-input=false", "-no-color", "-lock-timeout=60s", file];
        // Into a file: Terraform comes to its end, and releases its lock, even when this process is killed.
        const ended = await runLogged(this.props.terraform, args, {
          cwd: stack.folder,
          env: this.props.env,
          log,
          onLine: this.props.progress,
        });
        // A saved plan holds the configuration in clear.
        rmSync(file, { force: true });
        if (ended.exitCode !== 0) throw failureOf(`${stack.name}: deploying`, ended.all, stack.folder);
      },
    };
  }

  private refuse(changes: readonly Change[]): void {
    const { functionAddress, aliasAddress, canaryAddresses, stack } = this.target;
    const own = [functionAddress, aliasAddress];
    const others = changes.filter(({ address, actions }) => {
      if (canaryAddresses.includes(address)) return actions.join() !== "update";
      return !own.includes(address) || actions.includes("delete");
    });
    if (others.length === 0) return;
    throw new CliError(
      EXIT.FAILED,
      `${stack.name} has changes that are no code: ${others.map(({ address, actions }) => `${actions.join(" and ")} ${address}`).join(", ")}`,
      "nothing was changed; a deploy of code leaves those alone",
      `see and deploy them first: npx cdktf deploy ${stack.name}`,
    );
  }

  private async run(what: string, args: readonly string[], good: readonly number[] = [0]): Promise<Ended> {
    const { terraform, env, progress } = this.props;
    const { stack } = this.target;
    progress(what);
    const ended = await run(terraform, args, { cwd: stack.folder, env });
    if (!good.includes(ended.exitCode)) throw failureOf(`${stack.name}: ${what}`, ended.all, stack.folder);
    return ended;
  }
}
