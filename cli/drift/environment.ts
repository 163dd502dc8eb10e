import { pluralize } from "../console/words";
import { inOrder } from "../project/environment";
import { NO_COUNTS, type Report, type StackReport } from "../report/model";

/** What has drifted in one environment. */
export interface EnvironmentDrift {
  /** Name of the environment; empty for stacks without one. */
  readonly environment: string;

  /**
   * - `drifted`: a resource differs from the state;
   * - `none`: every stack was looked at, and none does;
   * - `unknown`: nothing was found, and not every stack could be looked at.
   */
  readonly kind: "drifted" | "none" | "unknown";

  /** The report of its drift, and of nothing else. */
  readonly report: Report;
}

/** The drift in a report, environment by environment. */
export function driftOf(report: Report): readonly EnvironmentDrift[] {
  const environments = inOrder(
    [...new Set(report.stacks.map(({ environment }) => environment ?? ""))].sort(),
    report.promotion,
  );
  return environments.map((environment) => {
    const stacks = report.stacks.filter((stack) => (stack.environment ?? "") === environment).map(driftOnly);
    const resources = stacks.reduce((sum, { drift }) => sum + drift.length, 0);
    const unseen = stacks.filter(isUnseen).length;
    const words = [
      resources > 0
        ? `${pluralize(resources, "resource differs", "resources differ")} from the state`
        : "No drift",
      ...(unseen > 0 ? [`${pluralize(unseen, "stack", "stacks")} could not be checked`] : []),
    ];
    const kind = resources > 0 ? "attention" : unseen > 0 ? "failed" : "unchanged";
    return {
      environment,
      kind: resources > 0 ? "drifted" : unseen > 0 ? "unknown" : "none",
      report: {
        ...report,
        verdict: { kind, text: words.join(", ") },
        stacks,
        groups: [],
        removed: [],
        left: 0,
      },
    };
  });
}

/** Whether a stack could not be checked. One that waits for another does not stand yet, and cannot have drifted. */
export function isUnseen({ status }: StackReport): boolean {
  return status === "failed" || status === "interrupted";
}

/** A stack without what a deployment would change: that is not drift. */
function driftOnly(stack: StackReport): StackReport {
  return { ...stack, changes: [], risks: [], counts: { ...NO_COUNTS, drift: stack.drift.length } };
}
