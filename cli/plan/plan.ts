import type { AffectedResult } from "../affected/result";
import { ownVersion } from "../console/version";
import { Repository } from "../git/repository";
import { interrupted } from "../process/interrupts";
import type { Ended } from "../process/run";
import { WorkFolder } from "../process/work-folder";
import { type BoardLine, withBoard } from "../progress/board";
import { nameOf } from "../project/environment";
import { Graph } from "../project/graph";
import type { Project, Stack } from "../project/project";
import { readSettings } from "../project/settings";
import { ProviderPool } from "../terraform/provider/pool";
import { lockCovers, StackTerraform, type TerraformSetting, warmUps } from "../terraform/stack";
import { ResultDirectory } from "./directory";
import { PLAN_FORMAT, PLAN_VERSION, type PlannedStack, type PlanRun, type PlanScope } from "./result";
import { walk } from "./schedule";
import type { Shard } from "./shards";
import { planStack, type StackPlan } from "./stack-plan";
import { secretsOf } from "./stack-secrets";

/** Properties of {@link planAll}. */
export interface PlanProps {
  readonly setting: TerraformSetting;

  /** Every stack of the app. */
  readonly stacks: readonly Stack[];
  readonly scope: PlanScope;

  /** Names of the stacks to plan. */
  readonly names: readonly string[];

  /** Which part of the scope they are. @default - all of it */
  readonly shard?: Shard & { readonly elsewhere: readonly string[] };

  /** Why they are, when the scope is `affected`. */
  readonly affected?: AffectedResult;
  readonly concurrency: number;

  /** Result directory. */
  readonly result: string;

  /** Key of the saved plans; without one none is kept. */
  readonly key?: Buffer;

  /** Looks for drift only: what the configuration would change is left out. */
  readonly refreshOnly?: boolean;

  /** Plans to destroy all that the stacks have; then none waits for what another one would change. */
  readonly destroy?: boolean;

  /** Plans stacks that configure the AWS provider alike by processes of it that go on running. */
  readonly shareProvider: boolean;

  /** Keeps standard output free. */
  readonly quiet?: boolean;

  /**
   * Shows each stack, by its name, in a list of the caller's.
   *
   * @default - a board of its own
   */
  readonly line?: (stack: string) => BoardLine;
}

/** A run's summary, and the plans that stay in this process. */
export interface Planned {
  readonly run: PlanRun;
  readonly plans: ReadonlyMap<string, StackPlan>;
}

/**
 * Plans stacks in dependency order, several at a time, and writes the results.
 *
 * A failure of one stack is in its result: the others are planned all the same.
 */
export async function planAll(props: PlanProps): Promise<Planned> {
  const { setting, scope } = props;
  const started = new Date();
  const { project } = setting;
  const directory = new ResultDirectory(props.result);
  directory.begin();
  const graph = new Graph(props.stacks);
  const chosen = graph.ordered.filter(({ name }) => props.names.includes(name));
  const identity = await identityOf(project);
  const plans = await WorkFolder.during(project, (work) =>
    onBoard(
      chosen.map(({ name }) => name),
      props,
      async (lineOf) => {
        const lines = new Map(chosen.map(({ name }) => [name, lineOf(name)]));
        const line = (name: string) => lines.get(name) as BoardLine;
        const { concurrency } = props;
        const providers = props.shareProvider
          ? new ProviderPool({ setting, stacks: chosen, concurrency })
          : undefined;
        const seal = props.key && { key: props.key, of: (stack: string) => sealOf(identity.app, stack) };
        try {
          const init = await warmUp({ stacks: chosen, setting, work, line, concurrency, providers });
          return await walk<StackPlan>({
            names: chosen.map(({ name }) => name),
            upstream: (name) => graph.upstream(name),
            concurrency,
            visit: async (name, before) => {
              const stack = chosen.find((one) => one.name === name) as Stack;
              const plan = await planStack(stack, props.destroy ? new Map() : before, line(name), {
                setting,
                graph,
                directory,
                work,
                init,
                ...(seal ? { seal } : {}),
                ...(providers ? { providers } : {}),
                refreshOnly: props.refreshOnly ?? false,
                destroy: props.destroy ?? false,
              });
              plan.terraform?.close();
              return plan;
            },
          });
        } finally {
          await providers?.close();
        }
      },
    ),
  );
  const run: PlanRun = {
    format: PLAN_FORMAT,
    version: PLAN_VERSION,
    groundplan: ownVersion(),
    terraform: `${setting.terraform.product} ${setting.terraform.version}`,
    ...identity,
    started: started.toISOString(),
    seconds: Math.round((Date.now() - started.getTime()) / 100) / 10,
    scope,
    ...(props.shard
      ? {
          shard: {
            ...props.shard,
            elsewhere: props.stacks
              .filter(({ name }) => props.shard?.elsewhere.includes(name))
              .map((stack) => ({ name: stack.name, ...nameOf(stack) })),
          },
        }
      : {}),
    outcome: plans.size === chosen.length ? "complete" : "interrupted",
    ...promotionOf(project),
    stacks: chosen.map((stack) =>
      because(plans.get(stack.name)?.planned ?? unplanned(stack, graph), props.affected),
    ),
    left: props.stacks.map(({ name }) => name).filter((name) => !props.names.includes(name)),
    removed: (props.affected?.stacks ?? [])
      .filter(({ change }) => change === "removed")
      .map((stack) => ({
        name: stack.name,
        ...nameOf(stack),
        resources: stack.elements.map(({ address }) => address).filter((address) => isResource(address)),
      })),
  };
  directory.summarize(run);
  return { run, plans };
}

function onBoard<T>(
  names: readonly string[],
  { line, quiet }: PlanProps,
  work: (line: (stack: string) => BoardLine) => Promise<T>,
): Promise<T> {
  return line ? work(line) : withBoard(names, work, quiet);
}

/** What an encrypted plan is the plan of. */
export function sealOf(app: string, stack: string): string {
  return `${PLAN_FORMAT}/${app}/${stack}`;
}

/** Properties of {@link warmUp}. */
export interface WarmUpProps {
  readonly stacks: readonly Stack[];
  readonly setting: TerraformSetting;
  readonly work: WorkFolder;
  readonly line: (title: string) => BoardLine;
  readonly concurrency: number;

  /** Learns of the providers that are verified. */
  readonly providers?: ProviderPool | undefined;
}

/** Initializes a stack's folder. */
export type Init = (terraform: StackTerraform) => Promise<Pick<Ended, "exitCode" | "all">>;

/** Initializes one stack for each provider, one after another; gives what initializes the others in parallel. */
export async function warmUp({
  stacks,
  setting,
  work,
  line,
  concurrency,
  providers,
}: WarmUpProps): Promise<Init> {
  const done = new Map<string, Pick<Ended, "exitCode" | "all">>();
  if (concurrency > 1 && stacks.length > 1) {
    for (const stack of warmUps(stacks)) {
      if (interrupted.aborted) break;
      const own = line(stack.name);
      own.begin("initializing");
      const secrets = await secretsOf(stack, { setting, folder: work.path });
      const mask = (text: string) => secrets.scrubUnfinished(text);
      const live = { progress: (text: string) => own.progress(text), mask };
      const init = await new StackTerraform(stack, setting, work, live).init();
      done.set(stack.name, init);
      if (init.exitCode === 0) providers?.note(stack);
    }
  }
  let turn: Promise<unknown> = Promise.resolve();
  return async (terraform) => {
    const known = done.get(terraform.stack.name);
    if (known) return known;
    if (lockCovers(setting.project, terraform.stack)) return terraform.init();
    // Without a lock an init writes into the cache: one at a time.
    const mine = turn.then(() => terraform.init());
    turn = mine.catch(() => undefined);
    return mine;
  };
}

function promotionOf(project: Project): Pick<PlanRun, "promotion"> {
  const { promotion } = readSettings(project);
  return promotion ? { promotion } : {};
}

function unplanned(stack: Stack, graph: Graph): PlannedStack {
  return {
    name: stack.name,
    ...nameOf(stack),
    dependencies: graph.upstream(stack.name),
    status: "interrupted",
    seconds: 0,
    files: {},
  };
}

function because(stack: PlannedStack, affected: AffectedResult | undefined): PlannedStack {
  const found = affected?.stacks.find(({ name }) => name === stack.name);
  if (!found || found.change === "removed") return stack;
  return { ...stack, affected: { change: found.change, reasons: found.reasons } };
}

function isResource(address: string): boolean {
  return !/^(?:data|output|variable|provider|local|module|check|terraform|moved|import|removed)\b/.test(
    address,
  );
}

/** What a run is of: the app, the commit, and whether files differ from it. */
export async function identityOf(project: Project): Promise<Pick<PlanRun, "app" | "commit" | "modified">> {
  const repository = await Repository.of(project.root);
  if (!repository) return { app: ".", modified: true };
  const commit = await repository.commit("HEAD");
  const modified = await repository.modified();
  return { app: repository.prefix || ".", ...(commit === undefined ? {} : { commit }), modified };
}
