import { pluralize } from "../console/words";
import { type AppliedStack, type ApplyRun, type ApplyStatus, DESTROY_FORMAT, isDone } from "./result";

/** What is left of a run, and what gets each stack applied, a line each; nothing when all is applied. */
export function nextSteps({
  stacks,
  format,
}: Pick<ApplyRun, "stacks"> & Partial<Pick<ApplyRun, "format">>): readonly string[] {
  const open = stacks.filter(({ status }) => !isDone(status));
  if (open.length === 0) return [];
  const left = `${open.length} of ${pluralize(stacks.length, "stack is", "stacks are")} not ${format === DESTROY_FORMAT ? "destroyed" : "applied"}`;
  const [refused, awaiting, deferred] = [
    of(open, "refused"),
    of(open, "awaiting-approval"),
    of(open, "deferred"),
  ];
  const held = [...refused, ...awaiting, ...deferred];
  if (held.length === 0 || format === DESTROY_FORMAT) return [`${left}; run it again to do what is left.`];
  const others = open.filter((stack) => !held.includes(stack));
  return [
    `${left}:`,
    ...(refused.length > 0
      ? [
          `  ${names(refused)}: plan again and have that plan reviewed, then apply it; the same plan is refused again`,
        ]
      : []),
    ...(awaiting.length > 0
      ? [`  ${names(awaiting)}: read the plan, then run it again with ${awaiting.map(approval).join(" ")}`]
      : []),
    ...(deferred.length > 0 ? [`  ${names(deferred)}: deploy first what is read, then run it again`] : []),
    ...(others.length > 0 ? [`  ${names(others)}: run it again after that, to do what is left`] : []),
  ];
}

function of(stacks: readonly AppliedStack[], status: ApplyStatus): readonly AppliedStack[] {
  return stacks.filter((stack) => stack.status === status);
}

function names(stacks: readonly AppliedStack[]): string {
  return stacks.map(({ name }) => name).join(", ");
}

function approval({ name, digest }: AppliedStack): string {
  return `--approve ${name}=${digest ?? "<digest>"}`;
}
