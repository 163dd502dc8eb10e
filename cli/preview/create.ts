import { createHash } from "node:crypto";
import { ECSClient } from "@aws-sdk/client-ecs";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Json } from "../input/json";
import type { RawPlan } from "../plan/raw";
import type { WorkFolder } from "../process/work-folder";
import { runSteps } from "../progress/tasks";
import { addressOf } from "./address";
import { checkOf, type Wanted } from "./claim";
import { releaseDeadLock } from "./dead-lock";
import { Hold } from "./hold";
import { trimImages } from "./images";
import type { PreviewInput } from "./input";
import { laterOf } from "./life-cycle";
import { taskFailure } from "./masked-copy";
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

  /** The dump that a new database begins with, where the configuration names one. */
  readonly seed?: Buffer;
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
          ...(outputs.endpoint === undefined ? {} : { endpoint: addressOf(outputs.endpoint, env) }),
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
            const kept = keptMetadata(there, input.database);
            return { ...kept, ...known, ...(keepsLater ? laterOf(there, known) : {}) };
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
              const { before_service: listed } = await terraform.outputs();
              // Without them the service would start on a database that is not migrated.
              if (listed === undefined)
                throw new CliError(
                  EXIT.FAILED,
                  `the stack of ${input.name} does not say what is to run before its service: it has no output before_service`,
                  "see previews/output.ts",
                );
              const tasks = oneOffTasks(listed).filter(
                ({ id }) => !isLoading(id) || hold.metadata.loaded !== input.database,
              );
              for (const task of tasks) {
                hold.check();
                const environment = task.id === "seed" ? await this.seedFor() : {};
                const mask = (text: string) => terraform.mask(text);
                try {
                  await runTask(task, { region, progress, environment, mask });
                } catch (error) {
                  throw taskFailure(error, task.id, input.data);
                } finally {
                  // It was lent for this task alone.
                  if (task.id === "seed") await this.props.store.delete(input.name, "seed");
                }
                if (isLoading(task.id))
                  await hold.remember((metadata) => ({ ...metadata, loaded: input.database }));
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

  /** Puts the dump of the repository where the task that loads it reads it. */
  private async seedFor(): Promise<Readonly<Record<string, string>>> {
    const { store, input, seed } = this.props;
    if (seed === undefined)
      throw new CliError(
        EXIT.USAGE,
        "the dump of .idp/config.yml is loaded, and this run has none",
        "run it in the repository, or give --config <folder>",
      );
    return {
      SEED_URL: await store.lend(input.name, seed),
      SEED_SHA256: createHash("sha256").update(seed).digest("hex"),
    };
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

/**
 * What stays of a preview's metadata when it is made again. Without a database now, a later one is new, and is filled.
 *
 * @param database - kind that it has from now on.
 */
export function keptMetadata(
  { warnedAt: _, sleep: __, loaded, ...rest }: Metadata,
  database: PreviewInput["database"],
): Metadata {
  return loaded === undefined || database === "none" ? rest : { ...rest, loaded };
}

/** Whether a task fills a new database: that is done once, and never again at a push. */
function isLoading(id: string): boolean {
  return id === "seed" || id === "copy";
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
