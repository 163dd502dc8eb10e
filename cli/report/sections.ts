import type { AffectedBecause } from "../plan/result";
import type { Report, StackReport } from "./model";
import type { Level, Risk } from "./risks/risk";
import { byLevel } from "./risks/rules";
import { cleanLines, code, fenced, sentence } from "./text";

/** Marks of the levels; the rule's name says the same to who sees no colours. */
const MARK: Readonly<Record<Level, string>> = { high: "🔴", medium: "🟠", low: "🟡" };

/** Names that a line lists before it counts the rest. */
const MOST_NAMES = 5;

/** What failed: the run itself, or a stack. Its error is shown, never folded. */
export function errorItems({ failure, stacks }: Report): readonly string[] {
  const own = failure ? [`${errorLines(failure.message)}\n`] : [];
  return [
    ...own,
    ...stacks.flatMap(({ name, error, files }) =>
      error
        ? [
            `**${code(name)} failed** (${sentence(error.phase)})\n\n${errorLines(error.message, files.error)}\n`,
          ]
        : [],
    ),
  ];
}

/** @param file - of the result, in which all of it is. */
function errorLines(message: string, file?: string): string {
  const lines = cleanLines(message);
  const kept = lines.slice(0, MOST_ERROR_LINES);
  const more = lines.length - kept.length;
  return fenced([...kept, ...(more > 0 ? [`… ${more} lines more${file ? ` in ${file}` : ""}`] : [])]);
}

/** Lines of an error that are shown. */
const MOST_ERROR_LINES = 25;

/** A line a risk; the same risk of several stacks is one line. */
export function riskItems(report: Report): readonly string[] {
  return mergedRisks(report).map(({ risk, stacks }) => {
    const { level, rule, address, message } = risk;
    return `- ${MARK[level]} **${rule}** ${code(address)} in ${names(stacks)}: ${sentence(message)}`;
  });
}

/** The risks of all stacks, the highest level first; the same risk of several stacks is one. */
export function mergedRisks(report: Report): readonly { risk: Risk; stacks: readonly string[] }[] {
  const merged = new Map<string, { risk: Risk; stacks: string[] }>();
  for (const stack of report.stacks) {
    for (const risk of stack.risks) {
      const key = JSON.stringify([risk.rule, risk.level, risk.address, risk.message]);
      const known = merged.get(key);
      if (known) known.stacks.push(stack.name);
      else merged.set(key, { risk, stacks: [stack.name] });
    }
  }
  return [...merged.values()].sort((a, b) => byLevel(a.risk, b.risk));
}

/** A line a stack that waits for another one. */
export function deferredItems(report: Report): readonly string[] {
  return report.stacks.flatMap(({ name, deferred }) =>
    deferred ? [`- ${code(name)} waits for ${names(deferred.on)}: ${sentence(deferred.message)}`] : [],
  );
}

/** A line a stack that is gone from the code. */
export function removedItems(report: Report): readonly string[] {
  return report.removed.map(({ name, resources }) => {
    const count = resources.length === 1 ? "1 resource" : `${resources.length} resources`;
    return `- ${code(name)}: ${count} stay, and nobody manages them; destroy the stack before it leaves the code`;
  });
}

/** A line a reason why stacks were planned; stacks with the same reasons are one line. */
export function reasonItems({ scope, stacks }: Report): readonly string[] {
  // Everything was planned, and the head of the page says why.
  if (scope.kind === "affected" && scope.everything !== undefined) return [];
  const merged = new Map<string, { affected: AffectedBecause; stacks: string[] }>();
  for (const { name, affected } of stacks) {
    if (!affected) continue;
    const key = JSON.stringify(affected);
    const known = merged.get(key);
    if (known) known.stacks.push(name);
    else merged.set(key, { affected, stacks: [name] });
  }
  return [...merged.values()].map(({ affected, stacks: alike }) => {
    const shown = affected.reasons.slice(0, MOST_REASONS).map((reason) => sentence(reason, 200));
    const more = affected.reasons.length - shown.length;
    const rest = more > 0 ? [`${more} more`] : [];
    return `- ${names(alike)} ${sentence(affected.change)}: ${[...shown, ...rest].join("; ")}`;
  });
}

/** Reasons of a stack that are shown before the rest is counted. */
const MOST_REASONS = 3;

/** Some names, and how many more. */
export function names(all: readonly string[]): string {
  const shown = all.slice(0, MOST_NAMES).map((name) => code(name, 80));
  const more = all.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Stacks by their names. */
export function byName(report: Report): ReadonlyMap<string, StackReport> {
  return new Map(report.stacks.map((stack) => [stack.name, stack]));
}
