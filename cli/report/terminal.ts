import { type Line, line, linesOf, type Part, paint } from "../console/output";
import type { Report, Verdict } from "./model";
import type { Level } from "./risks/risk";
import { mergedNotes, mergedRisks, stackFaults } from "./sections";
import { LEGEND, tableOf, totalWords } from "./table";
import { clean, cleanLines } from "./text";

const PAINT: Readonly<Record<Level, (part: Part) => Line>> = {
  high: paint.bad,
  medium: paint.warning,
  low: paint.faint,
};

const VERDICT: Readonly<Record<Verdict["kind"], (part: Part) => Line>> = {
  failed: paint.bad,
  incomplete: paint.warning,
  attention: paint.warning,
  changes: paint.strong,
  unchanged: paint.good,
};

/** A report for people at a terminal: the verdict, risks, a table, and what could not be planned. */
export function terminal(report: Report): readonly Line[] {
  const { verdict, commit, modified } = report;
  const at = commit
    ? paint.faint(`  ${commit.slice(0, 12)}${modified ? " and uncommitted changes" : ""}`)
    : "";
  return [
    line`${VERDICT[verdict.kind](clean(verdict.text))}${at}`,
    ...(verdict.kind === "unchanged" || report.stacks.length === 0
      ? []
      : [line`Plan: ${totalWords(report.stacks)}`]),
    ...errors(report),
    ...risks(report),
    ...notes(report),
    ...table(report),
    ...waiting(report),
    ...reasons(report),
  ];
}

const NOTHING = line``;

function errors({ failure, stacks }: Report): readonly Line[] {
  const lines = (message: string) => cleanLines(message).map((one) => line`  ${one}`);
  return [
    ...(failure ? [NOTHING, ...lines(failure.message)] : []),
    ...stackFaults(stacks).flatMap(({ names, message }) => {
      const phases = [...new Set(names.flatMap(({ error }) => error?.phase ?? []))].join(", ");
      const failed = names.map(({ name }) => clean(name)).join(", ");
      return [NOTHING, paint.bad(`${failed} failed (${clean(phases)})`), ...lines(message)];
    }),
  ];
}

function risks(report: Report): readonly Line[] {
  const lines = mergedRisks(report).flatMap(({ risk, stacks }) => {
    const where = stacks.map((name) => clean(name, 60)).join(", ");
    const { level, rule, address, message } = risk;
    return [
      line`${PAINT[level](clean(rule))}  ${clean(address)} ${paint.faint(`in ${where}`)}`,
      line`  ${clean(message, 400)}`,
    ];
  });
  return lines.length > 0 ? [NOTHING, ...lines] : [];
}

function notes(report: Report): readonly Line[] {
  const lines = mergedNotes(report).map(({ text, stacks }) => {
    const where = stacks.map((name) => clean(name, 60)).join(", ");
    return line`${clean(text, 400)} ${paint.faint(`in ${where}`)}`;
  });
  return lines.length > 0 ? [NOTHING, ...lines] : [];
}

function table({ stacks, promotion }: Report): readonly Line[] {
  if (stacks.length === 0) return [];
  const { head, rows } = tableOf(stacks, promotion);
  const all = [head, ...rows].map((row) => row.map((text) => clean(text, 60)));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [NOTHING, ...lines.flatMap(linesOf), paint.faint(LEGEND)];
}

function waiting({ stacks, removed }: Report): readonly Line[] {
  const lines = [
    ...stacks.flatMap(({ name, deferred }) =>
      deferred ? [line`${clean(name)} waits: ${clean(deferred.message, 400)}`] : [],
    ),
    ...removed.map(
      ({ name, resources }) => line`${clean(name)} is gone from the code: ${resources.length} resources stay`,
    ),
  ];
  return lines.length > 0 ? [NOTHING, ...lines] : [];
}

/** A line a stack: why it was planned, when only what a change touches was. */
function reasons({ stacks }: Report): readonly Line[] {
  const lines = stacks.flatMap(({ name, affected }) =>
    affected
      ? [paint.faint(`${clean(name)} ${clean(affected.change)}: ${clean(affected.reasons.join("; "), 200)}`)]
      : [],
  );
  return lines.length > 0 ? [NOTHING, ...lines] : [];
}
