import { type Line, line, padded, paint, widthOf } from "../console/output";
import { firstOf } from "../console/words";
import { wrapped } from "../console/wrap";
import { clean } from "../report/text";
import type { Severity } from "./finding";
import type { Finding } from "./merge";
import type { ScanReport } from "./report";
import { countWords, packageWords, placeWords, scannerWords } from "./words";

const COLOR: Readonly<Record<Severity, (text: string) => Line>> = {
  critical: paint.bad,
  high: paint.bad,
  medium: paint.warning,
  low: paint.faint,
  unknown: paint.warning,
};

/**
 * A report for a terminal: a line a finding, and what a reader has to know besides.
 *
 * @param columns - of the terminal; undefined where there is none.
 */
export function scanTable(report: ScanReport, columns: number | undefined): readonly Line[] {
  const { counts, findings, scanners, allowed, unused } = report;
  const words = countWords(counts);
  const verdict = findings.length === 0 ? paint.good(words) : paint.strong(words);
  const rows = findings.map((one) => [
    COLOR[one.severity](one.severity),
    clean(one.id, 40),
    clean(packageWords(one), 50),
    one.fixed.length > 0 ? clean(`fixed in ${firstOf(one.fixed, 2)}`, 60) : "",
    clean(placeWords(one, 2), 80),
    clean(scannerWords(one), 60),
    // A vulnerability is known by its name, and looked up; a rule is not.
    one.kind === "vulnerability" ? "" : clean(one.title, 120),
  ]);
  const wrap = (one: Line) => (columns === undefined ? [one] : wrapped(one, columns, 10));
  return [
    ...aligned(rows).flatMap(wrap),
    ...(rows.length > 0 ? [line``] : []),
    line`${verdict}, by ${clean(scanners.join(", "), 400)}`,
    ...allowed.flatMap((one) => wrap(allowedLine(one))),
    ...unused.map(({ id }) => paint.faint(`allowed, and not found any more: ${clean(id)}`)),
  ];
}

function allowedLine(one: Finding & { readonly until: string; readonly reason: string }): Line {
  const what = `${one.severity} ${clean(one.id, 40)} ${clean(packageWords(one), 50)}`.trim();
  return line`allowed until ${one.until}: ${what}: ${clean(one.reason, 400)}`;
}

/** Rows with their columns below each other; a column that is empty in all rows is left out. */
function aligned(rows: readonly (readonly (Line | string)[])[]): readonly Line[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))));
  return rows.map((row) => {
    const used = row.flatMap((part, at) => (widths[at] ? [{ part, width: widths[at] }] : []));
    return used.reduce<Line>((all, { part, width }, at) => {
      const isLast = used.slice(at + 1).every((one) => widthOf(one.part) === 0);
      return line`${all}${at > 0 && widthOf(part) + (isLast ? 0 : 1) > 0 ? "  " : ""}${isLast ? part : padded(part, width)}`;
    }, line``);
  });
}
