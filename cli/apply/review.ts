import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { ResultDirectory } from "../plan/directory";
import { isBarren, type PlanDocument, type PlannedStack, type PlanRun } from "../plan/result";

/** Largest plan JSON of a stack that is read, in bytes. */
const LARGEST = 256 * 2 ** 20;

/** The plan that was reviewed: a result directory, which may come from an artifact. */
export class Review {
  readonly run: PlanRun;

  /** @throws CliError when there is no plan in the folder, or one of no stack. */
  constructor(private readonly folder: string) {
    this.run = new ResultDirectory(folder).read();
    if (!isBarren(this.run)) return;
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
  document({ name, files }: PlannedStack): PlanDocument {
    const path = files.json ?? "";
    const file = join(this.folder, path);
    if (!/^stacks\/[^/\\]+\/plan\.json$/.test(path) || path.includes("..") || !existsSync(file)) {
      throw new CliError(EXIT.USAGE, `the reviewed plan of ${name} is not there`, `at ${file}`, "plan again");
    }
    if (statSync(file).size > LARGEST) {
      throw new CliError(EXIT.USAGE, `the reviewed plan of ${name} is too large`, `at ${file}`);
    }
    return JSON.parse(readFileSync(file, "utf8")) as PlanDocument;
  }
}
