import { compileFunction } from "node:vm";
import { parse } from "yaml";

/** How a job ends. */
export type Result = "success" | "failure" | "cancelled" | "skipped";

/** What GitHub reads of a job before it begins. */
export interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: string;
}

/** One run of a workflow, as far as it is not decided by the workflow. */
export interface Circumstances {
  readonly event: "pull_request" | "push" | "workflow_dispatch";

  /** How a job ends that begins; well, unless it is named. */
  readonly results?: Readonly<Record<string, Result>>;

  /** Outputs of the jobs. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;

  /** Id of the job during which somebody cancels the run: what waits for it does not begin well any more. */
  readonly cancelled?: string;
}

/** The jobs of a workflow, by their ids. */
export function jobsOf(workflow: string): Readonly<Record<string, Job>> {
  return parse(workflow).jobs;
}

/** Ids of the jobs that a job waits for, directly or not. */
export function before(jobs: Readonly<Record<string, Job>>, id: string): readonly string[] {
  const direct = [jobs[id]?.needs ?? []].flat();
  return [...new Set(direct.flatMap((one) => [one, ...before(jobs, one)]))];
}

/**
 * How the jobs of a workflow end by what GitHub does with `needs` and `if`.
 *
 * An `if` without a status function asks for success of all jobs before; one that cannot be evaluated fails.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
export function simulate(
  jobs: Readonly<Record<string, Job>>,
  { event, results = {}, outputs, cancelled }: Circumstances,
): Readonly<Record<string, Result>> {
  const ended: Record<string, Result> = {};
  const visit = (id: string): Result => {
    const known = ended[id];
    if (known) return known;
    const earlier = before(jobs, id).map(visit);
    const isCancelled = cancelled !== undefined && before(jobs, id).includes(cancelled);
    const direct = [jobs[id]?.needs ?? []].flat();
    const needs = Object.fromEntries(
      direct.map((one) => [
        one,
        { result: visit(one), outputs: visit(one) === "skipped" ? {} : outputs[one] },
      ]),
    );
    const expression = jobs[id]?.if ?? "success()";
    const asks = /\b(?:success|failure|cancelled|always)\(\)/.test(expression);
    let begins: unknown;
    try {
      begins = evaluate(
        asks ? expression : `success() && (${expression})`,
        { github: { event_name: event }, needs },
        {
          success: () => !isCancelled && earlier.every((result) => result === "success"),
          failure: () => earlier.includes("failure"),
          cancelled: () => isCancelled,
          always: () => true,
        },
      );
    } catch {
      ended[id] = "failure";
      return "failure";
    }
    const result = begins ? (results[id] ?? "success") : "skipped";
    ended[id] = result;
    return result;
  };
  for (const id of Object.keys(jobs)) visit(id);
  return ended;
}

/** The value of an expression: as JavaScript, with what GitHub has and JavaScript has not. */
function evaluate(expression: string, contexts: object, functions: object): unknown {
  const at = (path: string) => {
    const found = path
      .split(".")
      .reduce<unknown>(
        (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
        contexts,
      );
    return found ?? "";
  };
  const contains = (all: string | readonly string[], one: string) => all.includes(one);
  const given = { at, contains, fromJSON: JSON.parse, ...functions };
  return compiled(expression, Object.keys(given))(...Object.values(given));
}

const known = new Map<string, (...given: readonly unknown[]) => unknown>();

function compiled(expression: string, parameters: readonly string[]) {
  const found = known.get(expression);
  if (found) return found;
  const script = expression.replaceAll(/'[^']*'|\b(?:github|needs|inputs|vars)(?:\.[\w-]+)+/g, (token) =>
    token.startsWith("'") ? token : `at(${JSON.stringify(token)})`,
  );
  const made = compileFunction(`return ${script}`, [...parameters]) as (
    ...given: readonly unknown[]
  ) => unknown;
  known.set(expression, made);
  return made;
}
