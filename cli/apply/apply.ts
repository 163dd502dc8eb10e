import { existsSync, readFileSync, rmSync } from "node:fs";
import type { BoardLine } from "../console/board";
import { withBoard } from "../console/board";
import { CliError, Interrupted } from "../console/errors";
import { interrupted } from "../console/interrupts";
import { ResultDirectory } from "../plan/directory";
import { type Init, identityOf, ownVersion, warmUp } from "../plan/plan";
import type { PlanDocument } from "../plan/result";
import { walk } from "../plan/schedule";
import type { Secrets } from "../plan/secrets";
import { countWords, planStack, type StackPlan } from "../plan/stack-plan";
import { splitName } from "../project/environment";
import { Graph } from "../project/graph";
import type { Stack } from "../project/project";
import { number } from "../report/report";
import { failureOf } from "../terraform/failure";
import { ProviderPool } from "../terraform/provider-pool";
import { plain } from "../terraform/run";
import { StackTerraform, type TerraformSetting } from "../terraform/stack";
import { WorkFolder } from "../terraform/work";
import { type Approval, approve, type OnDrift } from "./approval";
import { acted, sameDrift } from "./meaning";
import { completed } from "./progress";
import { APPLY_FORMAT, APPLY_VERSION, type AppliedStack, type ApplyRun } from "./result";
import type { Review } from "./review";

/** Properties of {@link applyAll}. */
export interface ApplyProps {
  readonly setting: TerraformSetting;

  /** Every stack of the app. */
  readonly stacks: readonly Stack[];

  /** Names of the stacks to apply. */
  readonly names: readonly string[];

  /** Their environments, in the order in which they are applied; `""` for stacks of none. */
  readonly environments: readonly string[];

  /** The plan that was reviewed; without one what is planned now is applied. */
  readonly review?: Review;
  readonly onDrift: OnDrift;

  /** Digests of plans that were approved, by stack. */
  readonly approvals: ReadonlyMap<string, string>;
  readonly concurrency: number;

  /** Plans by processes of the AWS provider that go on running; what changes anything starts its own. */
  readonly shareProvider: boolean;
  readonly result: string;
  readonly quiet?: boolean;
}

/**
 * Applies stacks environment by environment, upstream first. Each is planned afresh, and applied when that plan
 * does nothing that was not reviewed.
 *
 * How far it is stands in the world and not in a note: a run after one that was killed plans again, and does
 * what is left.
 */
export async function applyAll(props: ApplyProps): Promise<ApplyRun> {
  const graph = new Graph(props.stacks);
  const chosen = graph.ordered.filter(({ name }) => props.names.includes(name));
  const journal = new Journal(props, await identityOf(props.setting.project), chosen, graph);
  await WorkFolder.during(props.setting.project, (work) =>
    withBoard(
      chosen.map(({ name }) => name),
      async (lineOf) => {
        const { setting, concurrency } = props;
        const lines = new Map(chosen.map(({ name }) => [name, lineOf(name)]));
        const line = (name: string) => lines.get(name) as BoardLine;
        const providers = props.shareProvider
          ? new ProviderPool({ setting, stacks: chosen, concurrency })
          : undefined;
        try {
          const init = await warmUp({ stacks: chosen, setting, work, line, concurrency, providers });
          for (const [index, environment] of props.environments.entries()) {
            const own = chosen.filter(({ name }) => (splitName(name).environment ?? "") === environment);
            const obstacle = props.environments.slice(0, index).find((earlier) => !journal.stands(earlier));
            await walk({
              names: own.map(({ name }) => name),
              upstream: (name) => graph.upstream(name),
              concurrency,
              visit: (name) => {
                const stack = own.find((one) => one.name === name) as Stack;
                const step = { props, graph, journal, work, init, providers, line: line(name) };
                return new Step(stack, step).run(obstacle);
              },
            });
          }
        } finally {
          await providers?.close();
        }
      },
      props.quiet,
    ),
  );
  return journal.end();
}

interface StepProps {
  readonly props: ApplyProps;
  readonly graph: Graph;
  readonly journal: Journal;
  readonly work: WorkFolder;
  readonly init: Init;
  readonly providers: ProviderPool | undefined;
  readonly line: BoardLine;
}

/** One stack of an apply. */
class Step {
  private readonly started = Date.now();

  constructor(
    private readonly stack: Stack,
    private readonly step: StepProps,
  ) {}

  /** @param obstacle - an earlier environment that does not stand. */
  async run(obstacle: string | undefined): Promise<void> {
    const { graph, journal } = this.step;
    if (obstacle !== undefined) {
      return this.end({ status: "skipped", message: `${obstacle || "what comes before"} was not applied` });
    }
    const missing = graph.upstream(this.stack.name).filter((name) => !journal.done(name));
    if (missing.length > 0) {
      return this.end({ status: "skipped", message: `${missing.join(", ")} was not applied` });
    }
    journal.note(this.stack.name, { status: "running" });
    try {
      await this.apply(await this.plan());
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const stopped = error instanceof Interrupted;
      this.end({
        status: stopped ? "interrupted" : "failed",
        ...(stopped ? {} : { message: error.message }),
        ...this.progress(),
      });
    } finally {
      rmSync(this.step.work.file(this.stack.name, "tfplan"), { force: true });
    }
  }

  private plan(): Promise<StackPlan> {
    const { props, graph, journal, work, init, providers, line } = this.step;
    // The plan's end is not the step's.
    const phase: BoardLine = {
      begin: (text) => line.begin(text),
      progress: (text) => line.progress(text),
      end: () => undefined,
    };
    const { setting } = props;
    // What was upstream stands by now: nothing is deferred on it.
    return planStack(this.stack, new Map(), phase, {
      setting,
      graph,
      directory: journal.directory,
      work,
      init,
      ...(providers ? { providers } : {}),
    });
  }

  /** Terraform with a provider of its own, which comes to its end, and notes what it made, whatever becomes of this process. */
  private get terraform(): StackTerraform {
    const { props, work, line } = this.step;
    return new StackTerraform(this.stack, props.setting, work, (text) => line.progress(text));
  }

  private async apply(plan: StackPlan): Promise<void> {
    const { planned, document, secrets } = plan;
    const { counts, files } = planned;
    if (planned.status === "deferred") {
      return this.end({ status: "deferred", message: planned.deferred?.message ?? "deferred" });
    }
    if (!document || !counts) {
      return this.end({ status: "failed", message: planned.error?.message ?? "the plan failed", files });
    }
    const base = { counts, files };
    if (planned.status === "unchanged") return this.accept(document, base, secrets);
    const { review, onDrift, approvals } = this.step.props;
    const approval: Approval = approve({ name: this.stack.name, document, review, onDrift, approvals });
    const noted = { ...base, ...approval.noted };
    if (approval.verdict !== "apply") {
      return this.end({ status: approval.verdict, message: approval.message, ...noted });
    }
    this.step.line.begin("applying");
    const ended = await this.terraform.apply();
    const log = this.step.journal.directory.write(
      this.stack.name,
      "apply.log",
      secrets?.scrub(plain(ended.all)) ?? "",
    );
    const result = { ...noted, files: { ...files, log } };
    if (ended.exitCode === 0)
      return this.end({ status: "applied", message: countWords({ ...counts }), ...result });
    const failure = failureOf("apply", ended.all, this.stack.folder);
    const message = secrets?.scrub(failure.message) ?? "";
    this.end({ status: "failed", message, ...result, ...this.progress(document) });
  }

  /**
   * Nothing is to be done. What was changed outside of Terraform, and is no business of the code, is taken into
   * the state when the review has shown it: else it would be said of every plan to come.
   */
  private async accept(
    document: PlanDocument,
    base: Pick<AppliedStack, "counts" | "files">,
    secrets?: Secrets,
  ): Promise<void> {
    const drift = document.resource_drift ?? [];
    const { review } = this.step.props;
    if (drift.length === 0) return this.end({ status: "unchanged", ...base });
    const words = number(drift.length, "resource", "resources");
    const reviewed = review?.stack(this.stack.name);
    const shown = reviewed?.files.json === undefined ? undefined : review?.document(reviewed);
    if (review && !sameDrift(shown, document)) {
      const message = `${words} drifted since the review; plan again, then apply takes it into the state`;
      return this.end({ status: "unchanged", message, ...base });
    }
    this.step.line.begin("refreshing the state");
    const planned = await this.terraform.plan("-refresh-only");
    const ended = planned.exitCode === 2 ? await this.terraform.apply() : planned;
    if (ended.exitCode === 0) {
      return this.end({ status: "unchanged", message: `the state takes the drift of ${words}`, ...base });
    }
    const { message } = failureOf("refresh", ended.all, this.stack.folder);
    this.end({ status: "failed", message: secrets?.scrub(message) ?? message, ...base });
  }

  /** How far the apply came, by what Terraform printed. */
  private progress(document?: Parameters<typeof acted>[0]): {
    done?: readonly string[];
    left?: readonly string[];
  } {
    const log = this.step.work.file(this.stack.name, "apply.log");
    if (!existsSync(log)) return {};
    const done = completed(readFileSync(log, "utf8"));
    const left = document ? acted(document).filter((address) => !done.includes(address)) : undefined;
    return { done, ...(left ? { left } : {}) };
  }

  private end(result: Partial<AppliedStack> & Pick<AppliedStack, "status">): void {
    const { line, journal } = this.step;
    const seconds = Math.round((Date.now() - this.started) / 100) / 10;
    journal.note(this.stack.name, { ...result, seconds });
    const good = result.status === "applied" || result.status === "unchanged";
    const words = [result.status.replace("-", " "), result.message?.split("\n")[0]]
      .filter(Boolean)
      .join(": ");
    line.end(
      good ? "good" : result.status === "failed" || result.status === "refused" ? "bad" : "skipped",
      words,
    );
  }
}

/** What is known of each stack, on disk after every change of it. */
class Journal {
  readonly directory: ResultDirectory;
  private readonly stacks = new Map<string, AppliedStack>();
  private readonly started = new Date();

  constructor(
    private readonly props: ApplyProps,
    private readonly identity: Pick<ApplyRun, "app" | "commit" | "modified">,
    chosen: readonly Stack[],
    graph: Graph,
  ) {
    this.directory = new ResultDirectory(props.result);
    this.directory.begin();
    for (const { name } of chosen) {
      const dependencies = graph.upstream(name);
      this.stacks.set(name, {
        name,
        ...splitName(name),
        dependencies,
        status: "waiting",
        seconds: 0,
        files: {},
      });
    }
    this.save("running");
  }

  note(name: string, change: Partial<AppliedStack>): void {
    const before = this.stacks.get(name);
    if (before) this.stacks.set(name, { ...before, ...change });
    this.save("running");
  }

  /** Whether a stack stands as far as this run is concerned. */
  done(name: string): boolean {
    const stack = this.stacks.get(name);
    return !stack || stack.status === "applied" || stack.status === "unchanged";
  }

  /** Whether every stack of an environment does. */
  stands(environment: string): boolean {
    return [...this.stacks.values()]
      .filter((stack) => (stack.environment ?? "") === environment)
      .every(({ name }) => this.done(name));
  }

  end(): ApplyRun {
    const complete = [...this.stacks.keys()].every((name) => this.done(name));
    return this.save(interrupted.aborted ? "interrupted" : complete ? "complete" : "incomplete");
  }

  private save(outcome: ApplyRun["outcome"]): ApplyRun {
    const { setting, review, environments } = this.props;
    const run: ApplyRun = {
      format: APPLY_FORMAT,
      version: APPLY_VERSION,
      groundplan: ownVersion(),
      terraform: `${setting.terraform.product} ${setting.terraform.version}`,
      ...this.identity,
      ...(review?.run.commit === undefined ? {} : { reviewed: review.run.commit }),
      started: this.started.toISOString(),
      seconds: Math.round((Date.now() - this.started.getTime()) / 100) / 10,
      environments: environments.filter((name) => name !== ""),
      outcome,
      stacks: [...this.stacks.values()],
    };
    this.directory.summarize(run);
    return run;
  }
}
