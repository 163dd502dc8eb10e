import { type Allowance, judge } from "./allow";
import { isAtLeast, type Results, SEVERITIES, type Severity } from "./finding";
import { type Finding, mergeFindings } from "./merge";

/** Value of `format` in a report of scans. */
export const SCAN_FORMAT = "groundplan.scan";

/** Number of findings of each severity. */
export type Counts = Readonly<Record<Severity, number>>;

/** What some scans come to, together. */
export interface ScanReport {
  readonly format: typeof SCAN_FORMAT;
  readonly version: 1;

  /** Day of the report in UTC, e.g. `2026-11-30`. */
  readonly date: string;

  /** Who has looked, e.g. `trivy 0.70.1`. */
  readonly scanners: readonly string[];

  /** Of the findings that are not allowed. */
  readonly counts: Counts;

  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly allowed: readonly (Finding & Pick<Allowance, "until" | "reason">)[];

  /** Entries of the allow list whose day is over. */
  readonly expired: readonly Allowance[];

  /** Entries of the allow list of which nothing was found. */
  readonly unused: readonly Allowance[];

  /** What scanners say of themselves when they did not come to their end: then nobody knows that nothing is there. */
  readonly failures: readonly string[];
}

/** Properties of {@link scanReport}. */
export interface ScanProps {
  readonly allow: readonly Allowance[];

  /** The day in UTC, e.g. `2026-11-30`. */
  readonly date: string;

  /** Findings below it are left out. @default - none is */
  readonly least?: Severity | undefined;
}

/** Puts the results of several scanners together. */
export function scanReport(results: readonly Results[], { allow, date, least }: ScanProps): ScanReport {
  const every = mergeFindings(results.flatMap(({ found }) => found));
  const { findings, allowed, expired, unused } = judge(every, allow, date);
  const shown = findings.filter(({ severity }) => least === undefined || isAtLeast(severity, least));
  const counts = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, shown.filter((one) => one.severity === severity).length]),
  ) as Counts;
  return {
    format: SCAN_FORMAT,
    version: 1,
    date,
    scanners: [...new Set(results.flatMap(({ scanners }) => scanners))].sort(),
    counts,
    findings: shown,
    allowed: allowed.map(({ finding, allowance: { until, reason } }) => ({ ...finding, until, reason })),
    expired,
    unused,
    failures: results.flatMap(({ failures }) => failures),
  };
}

/** Whether a report has a finding as bad as this, an entry whose day is over, or a scan that did not come to its end. */
export function fails({ findings, expired, failures }: ScanReport, failOn: Severity | undefined): boolean {
  const bad = failOn !== undefined && findings.some(({ severity }) => isAtLeast(severity, failOn));
  return bad || expired.length > 0 || failures.length > 0;
}
