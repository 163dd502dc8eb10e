import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { withExactNumbers } from "../input/exact-numbers";
import { isObject, type Json } from "../input/json";
import type { RawModule, RawPlan } from "../plan/raw";
import type { Secrets } from "../plan/secrets";
import { secretsOf } from "../plan/stack-secrets";
import type { Ended, Live } from "../process/run";
import { writeWholeFile } from "../process/whole-file";
import type { WorkFolder } from "../process/work-folder";
import type { Progress } from "../progress/tasks";
import { synthesizeApp } from "../project/app";
import { findProject, type Project, type Stack } from "../project/project";
import { readSettings } from "../project/settings";
import { findTerraform } from "../terraform/binary";
import { failureOf } from "../terraform/failure";
import { StackTerraform, type TerraformSetting, terraformEnvironment } from "../terraform/stack";
import type { PreviewInput } from "./input";
import { PREVIEWS, type PreviewPlatform } from "./platform";

/** How long Terraform waits for a state that is locked: a run that was stopped lets it go within this. */
const LOCK_TIMEOUT = "300s";

/** What a plan does. */
export interface PreviewPlan {
  /** Terraform's plan with its secrets: it never leaves the process. */
  readonly raw: RawPlan;

  /** Whether it does nothing. */
  readonly isEmpty: boolean;
}

/** The stack of one preview: synthesized from its input, planned, applied, destroyed. */
export class PreviewTerraform {
  private constructor(
    private readonly stack: Stack,
    private readonly terraform: StackTerraform,
    private readonly secrets: Secrets,
    private readonly tell: { progress: Progress },
  ) {}

  /** Synthesizes the stack of a preview, and gets its providers and its state. @param progress - where it is. */
  static async of(
    platform: PreviewPlatform,
    input: PreviewInput,
    work: WorkFolder,
    progress: Progress,
  ): Promise<PreviewTerraform> {
    const root = findProject(platform.checkout);
    progress("synthesizing");
    const stack = await synthesizePreview(platform.checkout, input, work);
    const setting = await settingOf(root, platform, input.name);
    const secrets = await secretsOf(stack, { setting, folder: work.path });
    const tell = { progress };
    const live: Live = {
      progress: (line) => tell.progress(line),
      mask: (text) => secrets.scrubUnfinished(text),
    };
    const terraform = new StackTerraform(stack, setting, work, live);
    const preview = new PreviewTerraform(stack, terraform, secrets, tell);
    progress("initializing");
    await preview.succeed("init", terraform.init());
    return preview;
  }

  /** Where the progress of what comes next is shown. */
  showOn(progress: Progress): void {
    this.tell.progress = progress;
  }

  /** Whether something has to run before the service starts: a database is made, or migrated. */
  get runsBefore(): boolean {
    return this.stack.json.output?.before_service !== undefined;
  }

  /** Plans, and keeps the plan until the next one. @param more - further arguments. */
  async plan(...more: readonly string[]): Promise<PreviewPlan> {
    await this.succeed("plan", this.terraform.plan(...more), [0, 2]);
    const shown = await this.succeed("show", this.terraform.show());
    const raw = JSON.parse(withExactNumbers(shown.stdout)) as RawPlan;
    this.secrets.addPlan(raw);
    const isEmpty = (raw.resource_changes ?? []).every(({ change }) =>
      change.actions.every((one) => one === "no-op" || one === "read"),
    );
    return { raw, isEmpty };
  }

  /** Carries out the plan that was made last. */
  async apply(): Promise<void> {
    await this.succeed("apply", this.terraform.apply());
  }

  /** The outputs, by name, as the state has them. */
  async outputs(): Promise<Readonly<Record<string, Json>>> {
    const { stdout } = await this.succeed("output", this.terraform.outputs());
    const all = JSON.parse(stdout.slice(stdout.indexOf("{"))) as Record<
      string,
      { readonly value: Json; readonly sensitive?: boolean }
    >;
    return Object.fromEntries(
      Object.entries(all).flatMap(([name, { value, sensitive }]) => (sensitive ? [] : [[name, value]])),
    );
  }

  /** Takes secrets out of a text. */
  mask(text: string): string {
    return this.secrets.scrub(text);
  }

  close(): void {
    this.terraform.close();
  }

  private async succeed(
    what: string,
    running: Promise<Ended>,
    good: readonly number[] = [0],
  ): Promise<Ended> {
    const ended = await running;
    if (good.includes(ended.exitCode)) return ended;
    throw failureOf(what, ended.all, this.stack.folder, { mask: (text) => this.secrets.scrub(text) });
  }
}

/** What a destroy would delete, by the plan: addresses, types, and the tags of what has any. */
export function standing(raw: RawPlan): readonly StandingResource[] {
  return (raw.resource_changes ?? [])
    .filter(({ mode, change }) => mode !== "data" && change.actions.includes("delete"))
    .map(({ address, type, change: { before } }) => {
      const values = before as Json | undefined;
      const tags = isObject(values) ? (values.tags_all ?? values.tags) : undefined;
      const arn = isObject(values) ? (values.arn ?? values.id) : undefined;
      return {
        address,
        type,
        ...(typeof arn === "string" ? { id: arn } : {}),
        ...(isObject(tags) ? { tags: tags as Readonly<Record<string, string>> } : {}),
      };
    });
}

/** Something that stands. */
export interface StandingResource {
  readonly address: string;
  readonly type: string;

  /** ARN, else id. */
  readonly id?: string;

  /** Undefined for what has none. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Number of resources that a state has. */
export function resourcesIn(module: RawModule | undefined): number {
  if (!module) return 0;
  const own = (module.resources ?? []).filter(({ mode }) => mode === "managed").length;
  return own + (module.child_modules ?? []).reduce((sum, one) => sum + resourcesIn(one), 0);
}

/** Each preview has an output of its own: a synth of one takes away nothing of another. */
async function synthesizePreview(root: string, input: PreviewInput, work: WorkFolder): Promise<Stack> {
  const app = findProject(join(root, PREVIEWS));
  const project: Project = { ...app, output: join(app.output, input.name) };
  const file = work.file("preview-input.json");
  writeWholeFile(file, `${JSON.stringify(input, null, 2)}\n`);
  const stacks = await synthesizeApp(project, { keeper: root, variables: { PREVIEW_INPUT: file } });
  const stack = stacks.find(({ name }) => name === input.name);
  if (stack) return stack;
  throw new CliError(
    EXIT.FAILED,
    `the previews' app made no stack ${input.name}`,
    `at ${app.root}`,
    "see previews/main.ts",
  );
}

async function settingOf(
  project: Project,
  platform: PreviewPlatform,
  name: string,
): Promise<TerraformSetting> {
  const table = platform.setting("lock-table");
  const { bucket, region } = platform.bucket;
  return {
    project,
    terraform: await findTerraform(),
    env: terraformEnvironment(project),
    lockTimeout: LOCK_TIMEOUT,
    mask: readSettings(project).mask ?? [],
    backend: [
      `bucket=${bucket}`,
      `key=environments/${name}/terraform.tfstate`,
      `region=${region}`,
      ...(table === undefined ? ["use_lockfile=true"] : [`dynamodb_table=${table}`]),
    ],
  };
}
