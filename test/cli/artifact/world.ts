import type { BuiltArtifact } from "../../../cli/artifact/built";
import { defaultSettings } from "../../../cli/artifact/function-settings";
import { type Artifact, lastPublications } from "../../../cli/artifact/index-object";
import type { Running } from "../../../cli/artifact/kind";
import { type Deployed, deploy } from "../../../cli/artifact/lambda/deploy";
import { LAMBDA } from "../../../cli/artifact/lambda/kind";
import { zip } from "../../../cli/artifact/lambda/zip";
import type { Pin } from "../../../cli/artifact/pin";
import { type Pruned, prune } from "../../../cli/artifact/prune";
import { prunePlan } from "../../../cli/artifact/prune-plan";
import { publish } from "../../../cli/artifact/publish";
import { Session } from "../../../cli/artifact/session";
import { type ArtifactLocation, ArtifactStore } from "../../../cli/artifact/store";
import type { Target } from "../../../cli/artifact/target";
import { Interrupted } from "../../../cli/console/errors";
import type { Administrator } from "./administrator";
import { type Break, type Clients, LambdaTerraform, StackState } from "./lambda-terraform";

/** Environments in the order of promotion; the last two switch step by step. */
export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** A command of a person or a workflow; `content` and `to` stand for source code. */
export type Command =
  | { readonly kind: "publish"; readonly content: string; readonly commit?: string }
  | {
      readonly kind: "deploy";
      readonly environment: EnvironmentName;
      readonly to?: string;
      readonly atOnce: boolean;
    }
  | { readonly kind: "promote"; readonly environment: EnvironmentName; readonly atOnce: boolean }
  | { readonly kind: "rollback"; readonly environment: EnvironmentName; readonly to?: string }
  | { readonly kind: "prune"; readonly keep: number };

/** What happens beside a command. */
export interface Beside {
  /** Where its Terraform ends. */
  readonly breaks?: Break;

  /** What happens while some callers get the artifact. */
  readonly meanwhile?:
    | "an alarm goes on"
    | "it is interrupted"
    | "somebody pins the newest"
    | "somebody pins, and an alarm goes on";

  /** What it deploys, when that was looked up before. */
  readonly chosen?: Artifact;

  /** Told that the alarms are watched. */
  readonly onWatch?: () => void;
}

/** What a command came to, when it did not fail. */
export interface Outcome {
  /** Undefined for a prune. */
  readonly artifact?: Artifact;

  /** Undefined for a publication and a prune. */
  readonly deployed?: Deployed;
  readonly pruned?: Pruned;
}

/** The environment of a command; a publication and a prune have none. */
export function environmentOf(command: Command): EnvironmentName | undefined {
  return "environment" in command ? command.environment : undefined;
}

/** One service in an account, with environments of its own: nothing of another world is in it. */
export class World {
  readonly store: ArtifactStore;
  readonly targets: readonly Target[];
  private readonly session: Session;
  private readonly builds = new Map<string, BuiltArtifact>();

  private late = 0;
  private hasAlarm = false;
  private readonly removed = new Set<string>();
  private readonly states: ReadonlyMap<string, StackState>;

  /**
   * @param administrator - who looks at it.
   * @param clients - by which Terraform gets to AWS.
   */
  constructor(
    readonly service: string,
    location: ArtifactLocation,
    private readonly administrator: Administrator,
    private readonly clients: Clients,
  ) {
    this.store = new ArtifactStore(location);
    this.targets = ENVIRONMENTS.map((name, index) =>
      targetOf(name, service, location.region, ENVIRONMENTS[index - 1]),
    );
    this.states = new Map(ENVIRONMENTS.map((name) => [name, new StackState()]));
    const folder = `/nowhere/${service}`;
    this.session = new Session(
      LAMBDA,
      { root: folder, app: "", output: "" },
      { kind: "lambda", name: service, folder, entry: "", include: [], settings: defaultSettings("node") },
      this.store,
      this.targets,
      undefined,
      {},
    );
  }

  /** Publishes two artifacts, and deploys them to dev and staging; prod's stack is still to be deployed. */
  async begin(): Promise<void> {
    for (const [index, target] of this.targets.entries()) {
      await this.administrator.describe(target, [100, 50, 10][index] ?? 100);
    }
    const a = (await publish(this.store, this.built("a"))).artifact;
    const b = (await publish(this.store, this.built("b"))).artifact;
    for (const [name, ...artifacts] of [["dev", a, b] as const, ["staging", b, a] as const]) {
      for (const artifact of artifacts) await this.session.pins(this.target(name)).pin(artifact);
      await this.create(name);
    }
  }

  target(name: EnvironmentName): Target {
    const found = this.targets.find(({ environment }) => environment === name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  }

  isDeployed(name: EnvironmentName): boolean {
    return this.states.get(name)?.version !== undefined;
  }

  /** What an artifact of this content is called: its hash. */
  hashOf(content: string): string {
    return this.built(content).sha256;
  }

  /** Deploys the stack of an environment for the first time, if it is pinned. */
  async create(name: EnvironmentName): Promise<void> {
    if (!this.isDeployed(name) && (await this.pinOf(name)))
      await this.terraform(this.target(name), {}).create();
  }

  /** Does what the command line does after it has read the stacks. @throws CliError as it does. */
  async carryOut(command: Command, beside: Beside = {}): Promise<Outcome> {
    if (command.kind === "publish") {
      const built = this.built(command.content);
      const { commit = built.commit } = command;
      return { artifact: (await publish(this.store, { ...built, commit })).artifact };
    }
    if (command.kind === "prune") return { pruned: await this.prune(command.keep, beside) };
    const target = await this.session.target(command.environment);
    const to = command.kind === "promote" || command.to === undefined ? undefined : this.hashOf(command.to);
    const artifact =
      beside.chosen ??
      (command.kind === "deploy"
        ? await this.session.artifact(to)
        : command.kind === "promote"
          ? await this.session.promoted(target)
          : await this.session.rolledBack(target, to));
    const deployed = await deploy({
      store: this.store,
      target,
      artifact,
      how: command.kind === "rollback" ? "rollback" : command.atOnce ? "at-once" : "deploy",
      terraform: this.terraform(target, beside),
      progress: (line) => {
        if (/of the traffic/.test(line)) beside.onWatch?.();
        // Where it watches the alarms, a Ctrl-C ends its sleep like this.
        if (beside.meanwhile === "it is interrupted" && /of the traffic|^asking whether/.test(line))
          throw new Interrupted();
      },
    });
    return { artifact, deployed };
  }

  /** The artifact that a deploy would look up; undefined for other commands, and when there is none. */
  async chosen(command: Command): Promise<Artifact | undefined> {
    if (command.kind !== "deploy") return undefined;
    const to = command.to === undefined ? undefined : this.hashOf(command.to);
    return this.session.artifact(to).catch(() => undefined);
  }

  /** Lets so much time pass that a prune which has not ended is taken for dead. */
  passTime(): void {
    this.late += 20 * 60_000;
  }

  private async prune(keep: number, { meanwhile, onWatch }: Beside): Promise<Pruned> {
    const controller = new AbortController();
    const scope = { session: this.session, retention: { keep } };
    const now = new Date(Date.now() + this.late);
    const progress = () => {
      onWatch?.();
      if (meanwhile === "it is interrupted") controller.abort();
    };
    return prune({ ...scope, progress, now, signal: controller.signal }, await prunePlan(scope, now));
  }

  /** What is published, each artifact once, the newest last. */
  async published(): Promise<readonly Artifact[]> {
    return lastPublications(await this.session.index());
  }

  async pinOf(name: EnvironmentName): Promise<Pin | undefined> {
    return this.administrator.pinOf(this.target(name));
  }

  async runningIn(name: EnvironmentName): Promise<Running | undefined> {
    return this.isDeployed(name) ? this.administrator.runningOf(this.target(name)) : undefined;
  }

  has(artifact: Pick<Artifact, "key" | "versionId">): Promise<boolean> {
    return this.administrator.has(artifact);
  }

  /** An administrator deletes an artifact, but for one that is pinned. */
  async remove(content: string): Promise<void> {
    const { artifacts } = await this.session.index();
    const doomed = artifacts.filter(({ sha256 }) => sha256 === this.hashOf(content));
    const pins = await Promise.all(ENVIRONMENTS.map((name) => this.pinOf(name)));
    for (const artifact of doomed) {
      if (pins.some((pin) => pin?.versionId === artifact.versionId)) continue;
      this.removed.add(artifact.versionId);
      await this.administrator.remove(artifact);
    }
  }

  /** An administrator deletes what runs, and its build is published again. */
  async uploadAnew(content: string): Promise<void> {
    const { artifacts } = await this.session.index();
    for (const artifact of artifacts)
      if (artifact.sha256 === this.hashOf(content)) await this.administrator.remove(artifact);
    await this.carryOut({ kind: "publish", content });
  }

  /** Whether the administrator deleted it. */
  wasRemoved({ versionId }: Artifact): boolean {
    return this.removed.has(versionId);
  }

  /** Completes what a command began: deploys what an environment is pinned to. */
  async complete(name: EnvironmentName, { sha256 }: Pin): Promise<void> {
    const target = this.target(name);
    await deploy({
      store: this.store,
      target,
      artifact: await this.session.artifact(sha256),
      how: "at-once",
      terraform: this.terraform(target, {}),
      progress: () => undefined,
    });
  }

  /** Whether an alarm went on since the last time. */
  takeAlarm(): boolean {
    const was = this.hasAlarm;
    this.hasAlarm = false;
    return was;
  }

  private raise(target: Target): Promise<void> {
    this.hasAlarm = true;
    return this.administrator.setAlarm(target, "ALARM");
  }

  /** Lets a stack say something of itself. */
  say(name: EnvironmentName, text: string): Promise<void> {
    return this.administrator.say(this.target(name), text);
  }

  /** RequestScheduler the alarm of an environment off. */
  calm(name: EnvironmentName): Promise<void> {
    return this.administrator.setAlarm(this.target(name), "OK");
  }

  private built(content: string): BuiltArtifact {
    const known = this.builds.get(content);
    if (known) return known;
    const answers = `exports.handler = async ({ refuses } = {}) => { if (refuses === "${content}") throw new RangeError("it refuses"); return "${this.service} ${content}"; };`;
    const made = zip({ "index.js": Buffer.from(content.startsWith("exports.") ? content : answers) });
    const built = { ...made, service: this.service, file: "", commit: `commit-of-${content}`, warnings: [] };
    this.builds.set(content, built);
    return built;
  }

  private terraform(target: Target, { breaks, meanwhile }: Beside): LambdaTerraform {
    const state = this.states.get(target.environment);
    if (!state) throw new Error(`no ${target.environment}`);
    let left = breaks;
    let taken = 0;
    const steps = (at: Break["at"]) => {
      if (left?.at !== at) return undefined;
      taken += 1;
      if (taken <= (left.after ?? 0)) return undefined;
      const { how } = left;
      left = undefined;
      return how;
    };
    const tried = async () => {
      const isTried = Object.keys(JSON.parse(state.alias).RoutingConfig.AdditionalVersionWeights).length > 0;
      if (!isTried) return;
      if (/an alarm goes on/.test(meanwhile ?? "")) await this.raise(target);
      if (/^somebody pins/.test(meanwhile ?? ""))
        await this.session.pins(target).pin(await this.session.artifact(undefined));
    };
    return new LambdaTerraform(target, state, this.clients, steps, tried);
  }
}

function targetOf(
  environment: string,
  service: string,
  region: string,
  promotedFrom: string | undefined,
): Target {
  const name = `${environment}-${service}`;
  return {
    environment,
    service,
    promotedFrom,
    stack: { name, folder: `/nowhere/${name}`, dependencies: [], json: {} },
    region,
    account: undefined,
    parameter: `/groundplan/${environment}/${service}/artifact`,
    contract: `/groundplan/${environment}/${service}`,
    functionName: name,
    functionAddress: "aws_lambda_function.f",
    aliasAddress: "aws_lambda_alias.f",
    canaryAddresses: [],
    alias: "live",
  };
}
