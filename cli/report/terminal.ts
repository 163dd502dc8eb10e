import { paint } from "../console/output";
import type { Report, Verdict } from "./model";
import type { Level } from "./risks/risk";
import { mergedRisks } from "./sections";
import { LEGEND, tableOf } from "./table";
import { clean, cleanLines } from "./text";

const PAINT: Readonly<Record<Level, (text: string) => string>> = {
  high: paint.bad,
  medium: paint.warning,
  low: paint.faint,
};

const VERDICT: Readonly<Record<Verdict["kind"], (text: string) => string>> = {
  failed: paint.bad,
  incomplete: paint.warning,
  attention: paint.warning,
  changes: paint.strong,
  unchanged: paint.good,
};

/** A report for people at a terminal: the verdict, risks, a table, and what could not be planned. */
export function terminal(report: Report): string {
  const { verdict, commit, modified } = report;
  const at = commit
    ? paint.faint(`  ${commit.slice(0, 12)}${modified ? " and uncommitted changes" : ""}`)
    : "";
  return [
    `${VERDICT[verdict.kind](clean(verdict.text))}${at}`,
    ...errors(report),
    ...risks(report),
    ...table(report),
    ...waiting(report),
    ...reasons(report),
  ].join("\n");
}

function errors({ failure, stacks }: Report): readonly string[] {
  const lines = (message: string) => cleanLines(message).map((line) => `  ${line}`);
  return [
    ...(failure ? ["", ...lines(failure.message)] : []),
    ...stacks.flatMap(({ name, error }) =>
      error ? ["", paint.bad(`${clean(name)} failed (${clean(error.phase)})`), ...lines(error.message)] : [],
    ),
  ];
}

function risks(report: Report): readonly string[] {
  const lines = mergedRisks(report).map(({ risk, stacks }) => {
    const where = stacks.map((name) => clean(name, 60)).join(", ");
    const { level, rule, address, message } = risk;
    return `${PAINT[level](rule)}  ${clean(address)} ${paint.faint(`in ${where}`)}\n  ${clean(message, 400)}`;
  });
  return lines.length > 0 ? ["", ...lines] : [];
}

function table({ stacks }: Report): readonly string[] {
  if (stacks.length === 0) return [];
  const { head, rows } = tableOf(stacks);
  const all = [head, ...rows].map((row) => row.map((text) => clean(text, 60)));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return ["", ...lines, paint.faint(LEGEND)];
}

function waiting({ stacks, removed }: Report): readonly string[] {
  const lines = [
    ...stacks.flatMap(({ name, deferred }) =>
      deferred ? [`${clean(name)} waits: ${clean(deferred.message, 400)}`] : [],
    ),
    ...removed.map(
      ({ name, resources }) => `${clean(name)} is gone from the code: ${resources.length} resources stay`,
    ),
  ];
  return lines.length > 0 ? ["", ...lines] : [];
}

/** A line a stack: why it was planned, when only what a change touches was. */
function reasons({ stacks }: Report): readonly string[] {
  const lines = stacks.flatMap(({ name, affected }) =>
    affected
      ? [paint.faint(`${clean(name)} ${clean(affected.change)}: ${clean(affected.reasons.join("; "), 200)}`)]
      : [],
  );
  return lines.length > 0 ? ["", ...lines] : [];
}
