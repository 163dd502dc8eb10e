import { type Line, line, type Part, paint } from "../console/output";
import { pluralize } from "../console/words";
import { wrapped } from "../console/wrap";
import type { Report, Verdict } from "./model";
import { type PriceSummary, priceSummary, unknownWords } from "./price";
import type { Level } from "./risks/risk";
import { mergedNotes, mergedRisks, stackFaults } from "./sections";
import { totalWords } from "./table";
import { type TerminalDiffProps, terminalDiff } from "./terminal-diff";
import { terminalTable } from "./terminal-table";
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

/**
 * A report for people at a terminal: the verdict, risks, a table, what could not be planned, and what changes. Lines that
 * are longer than the terminal is wide go on in the next one, indented, and no word is broken.
 */
export function terminal(report: Report, props: TerminalDiffProps = {}): readonly Line[] {
  const { columns } = props;
  const fitted = (lines: readonly Line[]) =>
    columns === undefined ? lines : lines.flatMap((one) => wrapped(one, columns));
  const { verdict, commit, modified } = report;
  const at = commit
    ? paint.faint(`  ${commit.slice(0, 12)}${modified ? " and uncommitted changes" : ""}`)
    : "";
  const total =
    verdict.kind === "unchanged" || report.stacks.length === 0
      ? []
      : [line`Plan: ${totalWords(report.stacks)}`];
  return [
    ...fitted([
      line`${VERDICT[verdict.kind](clean(verdict.text))}${at}`,
      ...total,
      ...prices(report),
      ...errors(report),
      ...risks(report),
      ...notes(report),
    ]),
    ...terminalTable(report, columns),
    ...fitted([...waiting(report), ...reasons(report)]),
    ...terminalDiff(report, props),
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

function prices(report: Report): readonly Line[] {
  const summary = priceSummary(report);
  if (!summary) return [];
  const { total, environments, above, dearest } = summary;
  const parts = environments.length > 0 ? ` (${clean(environments.join(", "), 300)})` : "";
  const over =
    above === undefined ? line`` : line`, ${paint.warning(clean(`above the threshold of ${above}`))}`;
  return [
    line`Price: ${clean(total)}${parts}${over}${withoutPrice(summary)}`,
    ...dearest.map(({ address, stacks, change }) => {
      const where = stacks.map((name) => clean(name, 60)).join(", ");
      return line`  ${clean(change)}  ${clean(address)} ${paint.faint(`in ${where}`)}`;
    }),
  ];
}

function withoutPrice(summary: PriceSummary): Line {
  const { count, types, more } = unknownWords(summary);
  if (count === 0) return line``;
  const named = types.map((one) => `${one.count} ${clean(one.type, 80)}`).join(", ");
  return line`, without a price: ${named}${more > 0 ? ` and ${pluralize(more, "type", "types")} more` : ""}`;
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
