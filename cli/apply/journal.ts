import { ownVersion } from "../console/version";
import { ResultDirectory } from "../plan/directory";
import { interrupted } from "../process/interrupts";
import { nameOf } from "../project/environment";
import type { Graph } from "../project/graph";
import type { Stack } from "../project/project";
import type { ApplyProps } from "./props";
import {
  APPLY_FORMAT,
  APPLY_VERSION,
  type AppliedStack,
  type ApplyRun,
  DESTROY_FORMAT,
  isDone,
} from "./result";

/** What is known of each stack, on disk after every change of it. */
export class Journal {
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
    for (const stack of chosen) {
      const { name } = stack;
      const dependencies = graph.upstream(name);
      this.stacks.set(name, {
        name,
        ...nameOf(stack),
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
    return !stack || isDone(stack.status);
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
    const { setting, review, environments, destroy } = this.props;
    const run: ApplyRun = {
      format: destroy ? DESTROY_FORMAT : APPLY_FORMAT,
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
