import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { ResultDirectory } from "../plan/directory";
import type { PlanJson } from "../plan/plan-json";
import { readDocument } from "../plan/read";
import { type PlannedStack, type PlanRun, plannedNothing, SUMMARY_FILE } from "../plan/result";

/** The plan that was reviewed: a result directory, which may come from an artifact. */
export class Review {
  readonly run: PlanRun;

  /** @throws CliError when there is no plan in the folder, or one of no stack. */
  constructor(private readonly folder: string) {
    this.run = new ResultDirectory(folder).read();
    if (!plannedNothing(this.run)) return;
    const why = this.run.failure?.message ?? "the run was interrupted";
    throw new CliError(EXIT.USAGE, "nothing was planned that could be applied", `at ${folder}`, why);
  }

  /** What was reviewed of a stack; undefined when it was not in the plan. */
  stack(name: string): PlannedStack | undefined {
    return this.run.stacks.find((stack) => stack.name === name);
  }

  /**
   * The plan of a stack that was reviewed.
   *
   * @throws CliError when its file is not there, or lies elsewhere.
   */
  document(stack: PlannedStack): PlanJson {
    const document = readDocument(this.folder, join(this.folder, SUMMARY_FILE), stack);
    if (document) return document;
    throw new CliError(
      EXIT.USAGE,
      `the reviewed plan of ${stack.name} is not there`,
      `at ${this.folder}`,
      "plan again",
    );
  }
}
