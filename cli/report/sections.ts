import { commonFaults } from "../console/faults";
import { pluralize } from "../console/words";
import type { AffectedBecause } from "../plan/result";
import { joinMarkdown, type Markdown, md, plain } from "./markup";
import type { Report, StackReport } from "./model";
import type { Level, Risk } from "./risks/risk";
import { byLevel } from "./risks/rules";
import { clean, cleanLines, code, fenced, sentence } from "./text";

/** Marks of the levels; the rule's name says the same to who sees no colours. */
const MARK: Readonly<Record<Level, Markdown>> = { high: md`🔴`, medium: md`🟠`, low: md`🟡` };

/** Names that a line lists before it counts the rest. */
const MOST_NAMES = 5;

/** What failed: the run itself, or a stack. Its error is shown, never folded. */
export function errorItems({ failure, stacks }: Report): readonly Markdown[] {
  const own = failure ? [md`${errorLines(failure.message)}\n`] : [];
  return [
    ...own,
    ...stackFaults(stacks).map(({ names: failed, message }) => {
      const phases = [...new Set(failed.flatMap(({ error }) => error?.phase ?? []))].join(", ");
      const file = failed.length === 1 ? failed[0]?.files.error : undefined;
      return md`**${joinMarkdown(
        failed.map(({ name }) => code(name)),
        ", ",
      )} failed** (${sentence(phases)})\n\n${errorLines(message, file)}\n`;
    }),
  ];
}

/** What stacks have failed by: the same of several is one. */
export function stackFaults(
  stacks: readonly StackReport[],
): readonly { readonly names: readonly StackReport[]; readonly message: string }[] {
  const faults = stacks.flatMap(({ name, error }) => (error ? [{ name, message: error.message }] : []));
  return commonFaults(faults).map(({ names: failed, message }) => ({
    names: stacks.filter(({ name }) => failed.includes(name)),
    message,
  }));
}

/** @param file - of the result, in which all of it is. */
function errorLines(message: string, file?: string): Markdown {
  const lines = cleanLines(message);
  const kept = lines.slice(0, MOST_ERROR_LINES);
  const more = lines.length - kept.length;
  const where = file ? plain` in ${clean(file)}` : plain``;
  return fenced([...kept, ...(more > 0 ? [plain`… ${more} lines more${where}`] : [])]);
}

/** Lines of an error that are shown. */
const MOST_ERROR_LINES = 25;

/** A line a risk; the same risk of several stacks is one line. */
export function riskItems(report: Report): readonly Markdown[] {
  return mergedRisks(report).map(({ risk, stacks }) => {
    const { level, rule, address, message } = risk;
    return md`- ${MARK[level]} **${sentence(rule)}** ${code(address)} in ${names(stacks)}: ${sentence(message)}`;
  });
}

/** The risks of all stacks, the highest level first; the same risk of several stacks is one. */
export function mergedRisks(report: Report): readonly { risk: Risk; stacks: readonly string[] }[] {
  const merged = new Map<string, { risk: Risk; stacks: string[] }>();
  for (const stack of report.stacks) {
    for (const risk of stack.risks) {
      const key = JSON.stringify([risk.rule, risk.level, risk.address, risk.message]);
      const known = merged.get(key);
      if (!known) merged.set(key, { risk, stacks: [stack.name] });
      else if (!known.stacks.includes(stack.name)) known.stacks.push(stack.name);
    }
  }
  return [...merged.values()].sort((a, b) => byLevel(a.risk, b.risk));
}

/** A line a note; the same of several stacks is one line. */
export function noteItems(report: Report): readonly Markdown[] {
  return mergedNotes(report).map(({ text, stacks }) => md`- ${names(stacks)}: ${sentence(text)}`);
}

/** What plans say beside their changes; the same of several stacks is one. */
export function mergedNotes({ stacks }: Report): readonly { text: string; stacks: readonly string[] }[] {
  const merged = new Map<string, string[]>();
  for (const { name, notes } of stacks)
    for (const { text } of notes) merged.set(text, [...(merged.get(text) ?? []), name]);
  return [...merged].map(([text, alike]) => ({ text, stacks: [...new Set(alike)] }));
}

/** A line a stack that waits for another one. */
export function deferredItems(report: Report): readonly Markdown[] {
  return report.stacks.flatMap(({ name, deferred }) =>
    deferred ? [md`- ${code(name)} waits for ${names(deferred.on)}: ${sentence(deferred.message)}`] : [],
  );
}

/** A line a stack that is gone from the code. */
export function removedItems(report: Report): readonly Markdown[] {
  return report.removed.map(({ name, resources }) => {
    const count = resources.length === 1 ? md`1 resource` : md`${resources.length} resources`;
    return md`- ${code(name)}: ${count} stay, no longer managed; destroy the stack before you remove it from the code`;
  });
}

/** How many stacks have a plan, e.g. `2 of 3 stacks planned`: one that failed, or was interrupted, has none. */
export function plannedWords({ stacks, left }: Pick<Report, "stacks" | "left">): string {
  const all = stacks.length + left;
  const count = stacks.filter(({ status }) => status !== "failed" && status !== "interrupted").length;
  return `${count === all ? "" : `${count} of `}${pluralize(all, "stack", "stacks")} planned`;
}

/** A line a reason why stacks were planned; stacks with the same reasons are one line. */
export function reasonItems({ scope, stacks }: Report): readonly Markdown[] {
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
    const rest = more > 0 ? [md`${more} more`] : [];
    return md`- ${names(alike)} ${sentence(affected.change)}: ${joinMarkdown([...shown, ...rest], "; ")}`;
  });
}

/** Reasons of a stack that are shown before the rest is counted. */
const MOST_REASONS = 3;

/** Some names, and how many more. */
export function names(all: readonly string[]): Markdown {
  const shown = all.slice(0, MOST_NAMES).map((name) => code(name, 80));
  const more = all.length - shown.length;
  return md`${joinMarkdown(shown, ", ")}${more > 0 ? md` and ${more} more` : md``}`;
}

/** Stacks by their names. */
export function byName(report: Report): ReadonlyMap<string, StackReport> {
  return new Map(report.stacks.map((stack) => [stack.name, stack]));
}
