import { commonFaults } from "../console/faults";
import { type Line, line, linesOf, paint } from "../console/output";
import { nextSteps } from "./next";
import { type AppliedStack, type ApplyRun, DESTROY_FORMAT, isDone, statusWords } from "./result";

/** What an apply or a destroy came to, for people. */
export function linesOfRun(run: ApplyRun): readonly Line[] {
  const destroys = run.format === DESTROY_FORMAT;
  const next = nextSteps(run);
  return [
    line``,
    ...run.stacks.filter((stack) => !hasOnlyFailed(stack)).flatMap(linesOfStack),
    ...linesOfFaults(run.stacks.filter(hasOnlyFailed)),
    ...(run.stacks.length === 0
      ? [line`${paint.good(destroys ? "Nothing to destroy" : "Nothing to apply")}.`]
      : []),
    line``,
    ...(next.length === 0 ? [line`${paint.good("Done")} in ${run.seconds.toFixed(0)} s.`] : []),
    ...next.flatMap(linesOf),
  ];
}

/** Whether a stack has failed before anything of it was done: others may have failed alike. */
function hasOnlyFailed({ status, done }: AppliedStack): boolean {
  return status === "failed" && !done;
}

/** What is the same of several stacks is said once. */
function linesOfFaults(failed: readonly AppliedStack[]): readonly Line[] {
  const faults = failed.map(({ name, message = "" }) => ({ name, message }));
  return commonFaults(faults).flatMap(({ names, message }) => {
    const [first = "", ...rest] = linesOf(message);
    return [
      line`${paint.bad("!")} ${paint.strong(names.join(", "))}: failed: ${first}`,
      ...rest.map((one) => line`  ${one}`),
    ];
  });
}

function linesOfStack(stack: AppliedStack): readonly Line[] {
  const [message, ...rest] = stack.message ? linesOf(stack.message) : [];
  const end = message === undefined ? "" : line`: ${message}`;
  const status = statusWords(stack.status);
  return [
    line`${sign(stack)} ${paint.strong(stack.name)}: ${status}${end}`,
    ...rest.map((one) => line`  ${one}`),
    ...(stack.differences ?? []).map((difference) => line`    ${difference}`),
    ...(stack.status === "failed" && stack.done
      ? [line`    done: ${stack.done.join(", ") || "nothing"}`]
      : []),
    ...(stack.left && stack.left.length > 0 ? [line`    left: ${stack.left.join(", ")}`] : []),
  ];
}

function sign({ status }: AppliedStack): Line {
  if (status === "unchanged") return paint.good("=");
  if (isDone(status)) return paint.good("✓");
  return status === "failed" || status === "refused" ? paint.bad("!") : paint.faint("…");
}
