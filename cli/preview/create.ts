import { ECSClient } from "@aws-sdk/client-ecs";
import { CliError } from "../console/errors";
import type { Json } from "../input/json";
import type { RawPlan } from "../plan/raw";
import type { WorkFolder } from "../process/work-folder";
import { runSteps } from "../progress/tasks";
import { checkOf, type Wanted } from "./claim";
import { releaseDeadLock } from "./dead-lock";
import { Hold } from "./hold";
import { trimImages } from "./images";
import type { PreviewInput } from "./input";
import { laterOf } from "./life-cycle";
import type { Metadata } from "./metadata";
import { outputsOf, type PreviewOutputs } from "./outputs";
import type { PreviewPlatform } from "./platform";
import { describeService, untilDeployed } from "./service";
import { awaken } from "./sleep";
import type { PreviewStore } from "./store";
import { oneOffTasks, runTask } from "./tasks";
import { type PreviewPlan, PreviewTerraform } from "./terraform";

/** Properties of {@link PreviewCreation}. */
export interface CreateProps {
  readonly platform: PreviewPlatform;
  readonly store: PreviewStore;
  readonly input: PreviewInput;
  readonly wanted: Wanted;
  readonly pullRequest?: number;

  /** Whether one that was extended since it was planned keeps its later end. @default - it ends as the input says */
  readonly keepsLater?: boolean;

  /** When it sleeps. @default - never by itself */
  readonly sleep?: NonNullable<Metadata["sleep"]>;
  readonly env: NodeJS.ProcessEnv;
  readonly work: WorkFolder;

  /** Keeps standard output free. */
  readonly quiet: boolean;
}

/** Where Terraform stops first when something has to run before the service starts. */
const BEFORE_SERVICE = "terraform_data.before_service";

/** A preview that is made, or made anew with another image: planned first, then carried out. */
export class PreviewCreation {
  private constructor(
    private readonly props: CreateProps,
    private readonly terraform: PreviewTerraform,

    /** What it would do. */
    readonly plan: PreviewPlan,
  ) {}

  /** Plans, and changes nothing. */
  static async planned(props: CreateProps): Promise<PreviewCreation> {
    const { platform, store, input, env, work, quiet } = props;
    let made: PreviewCreation | undefined;
    await runSteps(
      [
        {
          title: `plan ${input.name}`,
          run: async (_, progress) => {
            const { run } = (await store.find(input.name)) ?? {};
            await releaseDeadLock({ platform, name: input.name, run, env });
            const terraform = await PreviewTerraform.of(platform, input, work, progress);
            progress("planning");
            made = new PreviewCreation(props, terraform, await terraform.plan());
            return changesOf(made.plan.raw);
          },
        },
      ],
      {},
      quiet,
    );
    return made as PreviewCreation;
  }

  /**
   * Makes it. A run that was killed is taken over: what stands by then stays.
   *
   * @param cost - what it costs a month.
   */
  async carryOut(cost?: Metadata["cost"]): Promise<Metadata> {
    const { store, input, wanted, pullRequest, sleep, env, quiet, keepsLater = false } = this.props;
    const known = {
      template: input.template,
      owner: input.owner,
      image: input.image,
      ttl: input.ttl,
      expiresAt: input.expiresAt,
      input: { ...input },
      ...(input.repository === undefined ? {} : { repository: input.repository }),
      ...(input.branch === undefined ? {} : { branch: input.branch }),
      ...(input.commit === undefined ? {} : { commit: input.commit }),
      ...(pullRequest === undefined ? {} : { pullRequest }),
      ...(sleep === undefined ? {} : { sleep }),
    };
    let metadata: Metadata | undefined;
    const run = async (hold: Hold) => {
      const outputs = await this.steps(hold, quiet);
      await store.write(input.name, "outputs.json", outputs);
      return {
        to: "active" as const,
        known: {
          outputs,
          image: input.image,
          logGroup: outputs.log_group,
          ...(outputs.endpoint === undefined ? {} : { endpoint: outputs.endpoint }),
          ...(cost === undefined ? {} : { cost }),
        },
      };
    };
    try {
      metadata = await Hold.during(
        {
          store,
          name: input.name,
          work: "create",
          env,
          make: () => ({
            format: "groundplan-preview",
            version: 1,
            name: input.name,
            createdAt: input.createdAt,
            updatedAt: input.createdAt,
            ...known,
          }),
          update: (there) => {
            checkOf(there, wanted);
            const { warnedAt: _, sleep: __, ...rest } = there;
            return { ...rest, ...known, ...(keepsLater ? laterOf(there, known) : {}) };
          },
        },
        run,
      );
    } finally {
      this.terraform.close();
    }
    return metadata;
  }

  private async steps(hold: Hold, quiet: boolean): Promise<PreviewOutputs> {
    const { terraform, plan } = this;
    const { input } = this.props;
    const { region } = input.platform;
    let outputs: PreviewOutputs | undefined;
    let isFresh = hold.takenFrom === undefined;
    const before = terraform.runsBefore
      ? [
          {
            title: "prepare the database",
            run: async (_: object, progress: (line: string) => void) => {
              terraform.showOn(progress);
              await terraform.plan(`-target=${BEFORE_SERVICE}`);
              await terraform.apply();
              isFresh = false;
              const tasks = oneOffTasks((await terraform.outputs()).before_service);
              for (const task of tasks) {
                hold.check();
                await runTask(task, { region, progress, mask: (text) => terraform.mask(text) });
              }
              return tasks.map(({ id }) => id).join(", ");
            },
          },
        ]
      : [];
    await runSteps(
      [
        ...before,
        {
          title: "apply",
          run: async (_: object, progress: (line: string) => void) => {
            terraform.showOn(progress);
            hold.check();
            const { raw } = isFresh ? plan : await terraform.plan();
            await this.applyOrPlanAgain();
            const made = outputsOf((await terraform.outputs()).preview as Json | undefined, input.name);
            outputs = made;
            // A service that never starts has logs too.
            await hold.remember((metadata) => ({ ...metadata, outputs: made, logGroup: made.log_group }));
            return changesOf(raw);
          },
        },
        {
          title: "start",
          run: async (_: object, progress: (line: string) => void) => {
            hold.check();
            return this.untilStarted(outputs as PreviewOutputs, hold, progress);
          },
        },
        { title: "delete its oldest images", run: () => this.trimImages() },
      ],
      {},
      quiet,
    );
    return outputs as PreviewOutputs;
  }

  /** Of each preview some images are kept: ECR's own rules count those of all previews together. */
  private async trimImages(): Promise<string> {
    const { platform, input } = this.props;
    const { imagesPerPreview: keep, ecrRepository } = await platform.shared();
    const repository = platform.setting("image-repository") ?? ecrRepository.name;
    if (keep === undefined || !repository || !input.image.includes(`/${repository}:`)) return "none";
    const tags = await trimImages(repository, input.platform.region, {
      name: input.name,
      keep,
      running: input.image,
    });
    return tags.length === 0 ? "none" : tags.join(", ");
  }

  /** A plan that another run has overtaken is made anew, once: this run holds the preview by now. */
  private async applyOrPlanAgain(): Promise<void> {
    try {
      await this.terraform.apply();
    } catch (error) {
      if (!(error instanceof CliError) || !/saved plan is stale/i.test(error.message)) throw error;
      await this.terraform.plan();
      await this.terraform.apply();
    }
  }

  private async untilStarted(
    outputs: PreviewOutputs,
    hold: Hold,
    progress: (line: string) => void,
  ): Promise<string> {
    const { region } = this.props.input.platform;
    const { service, task_definition: wanted, cluster } = outputs;
    if (service === undefined || wanted === undefined) return "runs by its schedule";
    const place = { cluster, service, region };
    await untilDeployed(place, wanted, progress);
    const { desiredCount } = (await describeService(new ECSClient({ region }), place)) ?? {};
    // It slept: Terraform leaves the number of tasks alone.
    if (desiredCount === 0) await awaken({ ...hold.metadata, outputs }, region, progress);
    return "runs what was asked for";
  }
}

/** What a plan does, in words. */
export function changesOf({ resource_changes: changes = [] }: RawPlan): string {
  const count = (action: string) =>
    changes.filter(({ mode, change }) => mode !== "data" && change.actions.includes(action)).length;
  const words = [
    [count("create"), "to create"],
    [count("update"), "to change"],
    [count("delete"), "to destroy"],
  ].flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`]));
  return words.length === 0 ? "no changes" : words.join(", ");
}
