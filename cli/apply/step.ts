import { CliError, Interrupted } from "../console/errors";
import { pluralize } from "../console/words";
import type { Init } from "../plan/plan";
import type { PlanJson } from "../plan/plan-json";
import type { Secrets } from "../plan/secrets";
import { countWords, planStack, type StackPlan } from "../plan/stack-plan";
import { plain } from "../process/run";
import type { WorkFolder } from "../process/work-folder";
import type { BoardLine } from "../progress/board";
import type { Graph } from "../project/graph";
import type { Stack } from "../project/project";
import { failureOf } from "../terraform/failure";
import type { ProviderPool } from "../terraform/provider/pool";
import { StackTerraform } from "../terraform/stack";
import { type Approval, approve } from "./approval";
import type { Journal } from "./journal";
import { acted, sameDrift } from "./meaning";
import { completed } from "./progress";
import type { ApplyProps } from "./props";
import { type AppliedStack, isDone, statusWords } from "./result";

/** What the steps of an apply share, and the line of this one. */
export interface StepProps {
  readonly props: ApplyProps;
  readonly graph: Graph;
  readonly journal: Journal;
  readonly work: WorkFolder;
  readonly init: Init;
  readonly providers: ProviderPool | undefined;
  readonly line: BoardLine;
}

/** One stack of an apply: planned afresh, compared with what was reviewed, and applied. */
export class Step {
  private readonly started = Date.now();

  /** Terraform with a provider of its own, which comes to its end, and notes what it made, whatever becomes of this process. */
  private readonly terraform: StackTerraform;

  /** What the plan holds in clear. */
  private secrets: Secrets | undefined;

  constructor(
    private readonly stack: Stack,
    private readonly step: StepProps,
  ) {
    const { props, work, line } = step;
    // Before the plan nobody knows what is secret: then nothing is shown.
    const mask = (text: string) => this.secrets?.scrubUnfinished(text) ?? "";
    const progress = (text: string) => line.progress(text);
    this.terraform = new StackTerraform(stack, props.setting, work, { progress, mask });
  }

  /** @param obstacle - an earlier environment that does not stand. */
  async run(obstacle: string | undefined): Promise<void> {
    const { graph, journal, props } = this.step;
    if (obstacle !== undefined) {
      return this.end({ status: "skipped", message: `${obstacle || "what comes before"} was not applied` });
    }
    const { name } = this.stack;
    const before = props.destroy ? graph.downstream(name) : graph.upstream(name);
    const missing = before.filter((one) => !journal.done(one));
    if (missing.length > 0) {
      const done = props.destroy ? "destroyed" : "applied";
      return this.end({ status: "skipped", message: `${missing.join(", ")} was not ${done}` });
    }
    journal.note(this.stack.name, { status: "running" });
    let plan: StackPlan | undefined;
    try {
      plan = await this.plan();
      await this.apply(plan);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const stopped = error instanceof Interrupted;
      this.end({
        status: stopped ? "interrupted" : "failed",
        ...(stopped ? {} : { message: error.message }),
        ...this.progress(),
      });
    } finally {
      plan?.terraform?.close();
      this.terraform.close();
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
      destroy: props.destroy ?? false,
      ...(providers ? { providers } : {}),
    });
  }

  private async apply(plan: StackPlan): Promise<void> {
    const { planned, document, secrets } = plan;
    this.secrets = secrets;
    const { counts, files } = planned;
    if (planned.status === "deferred") {
      return this.end({ status: "deferred", message: planned.deferred?.message ?? "deferred" });
    }
    if (!document || !counts) {
      return this.end({ status: "failed", message: planned.error?.message ?? "the plan failed", files });
    }
    const base = { counts, files };
    if (planned.status === "unchanged" && this.step.props.destroy) {
      return this.end({ status: "unchanged", message: "nothing of it stands", ...base });
    }
    if (planned.status === "unchanged") return this.accept(document, base, secrets);
    const { review, onDrift, approvals } = this.step.props;
    const approval: Approval = approve({ name: this.stack.name, document, review, onDrift, approvals });
    const noted = { ...base, ...approval.noted };
    if (approval.verdict !== "apply") {
      return this.end({ status: approval.verdict, message: approval.message, ...noted });
    }
    this.step.line.begin(this.step.props.destroy ? "destroying" : "applying");
    const ended = await this.terraform.apply(plan.terraform);
    const log = this.step.journal.directory.write(
      this.stack.name,
      "apply.log",
      secrets?.scrub(plain(ended.all)) ?? "",
    );
    const result = { ...noted, files: { ...files, log } };
    if (ended.exitCode === 0)
      return this.end({
        status: this.step.props.destroy ? "destroyed" : "applied",
        message: countWords({ ...counts }),
        ...result,
      });
    const { message } = failureOf("apply", ended.all, this.stack.folder, { mask: maskOf(secrets) });
    this.end({ status: "failed", message, ...result, ...this.progress(document, secrets) });
  }

  /**
   * Nothing is to be done. What was changed outside of Terraform, and is no business of the code, is taken into
   * the state when the review has shown it: else it would be said of every plan to come.
   */
  private async accept(
    document: PlanJson,
    base: Pick<AppliedStack, "counts" | "files">,
    secrets?: Secrets,
  ): Promise<void> {
    const drift = document.resource_drift ?? [];
    const { review } = this.step.props;
    if (drift.length === 0) return this.end({ status: "unchanged", ...base });
    const words = pluralize(drift.length, "resource", "resources");
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
    const { message } = failureOf("refresh", ended.all, this.stack.folder, { mask: maskOf(secrets) });
    this.end({ status: "failed", message, ...base });
  }

  /** How far the apply came, by what Terraform printed. */
  private progress(
    document?: Parameters<typeof acted>[0],
    secrets?: Secrets,
  ): {
    done?: readonly string[];
    left?: readonly string[];
  } {
    const { applied } = this.terraform;
    if (applied === "") return {};
    const all = completed(applied);
    const done = secrets ? all.map((address) => secrets.scrub(address)) : all;
    const left = document ? acted(document).filter((address) => !done.includes(address)) : undefined;
    return { done, ...(left ? { left } : {}) };
  }

  private end(result: Partial<AppliedStack> & Pick<AppliedStack, "status">): void {
    const { line, journal } = this.step;
    const seconds = Math.round((Date.now() - this.started) / 100) / 10;
    journal.note(this.stack.name, { ...result, seconds });
    const good = isDone(result.status);
    const words = [statusWords(result.status), result.message?.split("\n")[0]].filter(Boolean).join(": ");
    line.end(
      good ? "good" : result.status === "failed" || result.status === "refused" ? "bad" : "skipped",
      words,
    );
  }
}

/** What takes the secrets of a stack out; where they are not known, nothing is shown. */
function maskOf(secrets: Secrets | undefined): (text: string) => string {
  return (text) => secrets?.scrub(text) ?? "";
}
