import { CliError, Interrupted } from "../console/errors";
import { ownVersion } from "../console/version";
import { ownSecrets } from "../process/own-secrets";
import type { Project } from "../project/project";
import { holdResult, ResultDirectory } from "./directory";
import { identityOf } from "./plan";
import { PLAN_FORMAT, PLAN_VERSION, type PlanRun, type PlanScope } from "./result";

/** Properties of {@link beginResult}. */
export interface BeginningProps {
  readonly project: Project;

  /** Result directory. */
  readonly result: string;

  /** What was to be planned, as it was asked for. */
  readonly scope: PlanScope;
}

/**
 * Empties the result directory, then does what comes before the first stack: the synth above all.
 *
 * What fails there, or is interrupted, is written as the result. So a report, and the comment made of it, says that
 * nothing was planned, and why; and never shows what an earlier run has left.
 */
export async function beginResult<T>(
  { project, result, scope }: BeginningProps,
  work: () => Promise<T>,
): Promise<T> {
  const started = Date.now();
  const directory = new ResultDirectory(result);
  await holdResult(project, result);
  directory.begin();
  // Asked of git at once: after Ctrl-C nothing is started any more.
  const identity = identityOf(project).catch(() => ({ app: ".", modified: true }));
  try {
    return await work();
  } catch (thrown) {
    const error = thrown instanceof Interrupted ? withoutPlan(thrown) : thrown;
    if (!(error instanceof CliError)) throw error;
    const run: PlanRun = {
      format: PLAN_FORMAT,
      version: PLAN_VERSION,
      groundplan: ownVersion(),
      terraform: "",
      ...(await identity),
      started: new Date(started).toISOString(),
      seconds: Math.round((Date.now() - started) / 100) / 10,
      scope,
      outcome: error instanceof Interrupted ? "interrupted" : "failed",
      failure: { message: ownSecrets().scrub(error.message) },
      stacks: [],
      left: [],
      removed: [],
    };
    directory.summarize(run);
    throw error;
  }
}

/** An interruption that says, too, that there is no plan. */
function withoutPlan({ message }: Interrupted): Interrupted {
  return Interrupted.saying(`${message}: nothing was planned`);
}
