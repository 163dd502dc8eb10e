import { pluralize } from "../console/words";
import type { PlanJson } from "../plan/plan-json";
import type { PlanRun } from "../plan/result";
import type { Detail } from "./change";
import { groupsOf, type Place } from "./groups";
import { REPORT_FORMAT, REPORT_VERSION, type Report, type StackReport, type Verdict } from "./model";
import type { Note } from "./notes";
import type { ReportPricing } from "./price";
import { surroundingsOf } from "./risks/surroundings";
import { dangerOf, stackReport } from "./stack";

/**
 * Makes the report of a run.
 *
 * @param detail - how much of each change is told.
 * @param pricing - with what its plans are priced. @default - they are not
 */
export function reportOf(
  run: PlanRun,
  planOf: (stack: string) => PlanJson | undefined,
  detail: Detail = "brief",
  pricing?: ReportPricing,
): Report {
  const places = new Map<string, Place>();
  const stacks = run.stacks
    .map((stack) => {
      const plan = planOf(stack.name);
      const around = surroundingsOf(plan);
      places.set(stack.name, around);
      return stackReport(stack, plan, around, detail, pricing);
    })
    .sort((a, b) => dangerOf(b.risks) - dangerOf(a.risks) || sizeOf(b) - sizeOf(a));
  return {
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    app: run.app,
    ...(run.commit === undefined ? {} : { commit: run.commit }),
    modified: run.modified,
    scope: run.scope,
    outcome: run.outcome,
    ...(run.failure ? { failure: { message: run.failure.message } } : {}),
    verdict: verdictOf(run, stacks),
    ...(run.promotion ? { promotion: run.promotion } : {}),
    stacks,
    groups: groupsOf(stacks, places),
    left: run.left.length,
    removed: run.removed,
    ...(pricing?.threshold === undefined ? {} : { priceThreshold: pricing.threshold }),
  };
}

/** Whether nothing at all is to be said: no stack changes, fails, waits or is gone. */
export function isQuiet(report: Report): boolean {
  return report.verdict.kind === "unchanged" && report.removed.length === 0;
}

function sizeOf({ changes, drift }: StackReport): number {
  return changes.length + drift.length;
}

function verdictOf({ outcome, removed }: PlanRun, stacks: readonly StackReport[]): Verdict {
  const failed = stacks.filter(({ status }) => status === "failed").length;
  const deferred = stacks.filter(({ status }) => status === "deferred").length;
  const changing = stacks.filter(({ changes }) => changes.length > 0).length;
  const lost = sum(stacks, ({ counts }) => counts.delete + counts.replace);
  const high = sum(stacks, ({ risks }) => risks.filter(({ level }) => level === "high").length);
  const noted = (kind: Note["kind"]) =>
    sum(stacks, ({ notes }) => notes.filter((note) => note.kind === kind).length);
  const counted: readonly (readonly [count: number, one: string, many: string])[] = [
    [changing, "stack will change", "stacks will change"],
    [lost, "resource will be deleted or replaced", "resources will be deleted or replaced"],
    [noted("action"), "action will be invoked", "actions will be invoked"],
    [high, "risk to decide about", "risks to decide about"],
    [noted("check"), "check did not pass", "checks did not pass"],
    [noted("incomplete"), "plan is incomplete", "plans are incomplete"],
    [noted("deferred"), "change is deferred", "changes are deferred"],
    [noted("unknown"), "part of a plan is not known", "parts of plans are not known"],
    [noted("warning"), "warning", "warnings"],
    [deferred, "stack waits for another", "stacks wait for another"],
    [removed.length, "stack is gone from the code", "stacks are gone from the code"],
  ];
  const rest = counted.flatMap(([count, one, many]) => (count > 0 ? [pluralize(count, one, many)] : []));
  const text = (first?: string) => [...(first ? [first] : []), ...rest].join(", ") || "No changes";
  if (outcome === "failed") return { kind: "failed", text: text("Nothing could be planned") };
  if (failed > 0)
    return { kind: "failed", text: text(`${pluralize(failed, "stack", "stacks")} could not be planned`) };
  if (outcome === "interrupted") return { kind: "incomplete", text: text("The run was interrupted") };
  const isOpen = noted("check") + noted("incomplete") + noted("unknown") > 0;
  if (lost > 0 || high > 0 || isOpen) return { kind: "attention", text: text() };
  return { kind: rest.length > 0 ? "changes" : "unchanged", text: text() };
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, each) => total + of(each), 0);
}
