import { pluralize } from "../console/words";
import { COMMENT_BYTES } from "../github/comment-budget";
import { fitMade, Page } from "../report/fit";
import { isAddress, linkTo } from "../report/link";
import { joinMarkdown, type Markdown, md } from "../report/markup";
import { bytes, cell, clean, code, sentence } from "../report/text";
import { SEVERITIES, type Severity } from "./finding";
import type { Finding } from "./merge";
import type { ScanReport } from "./report";
import { countWords, packageWords, placeWords, scannerWords } from "./words";

/** Properties of {@link scanMarkdown}. */
export interface ScanMarkdownProps {
  /** Bytes of the whole. @default 60,000 */
  readonly limit?: number;

  /** Address of the run that has everything, https. */
  readonly runUrl?: string;

  /** Name of the run's artifact that has everything. @default - none is named */
  readonly artifact?: string;
}

/** The least that a report needs. */
export const LEAST_SCAN_BYTES = 4_000;

/** Bytes kept for the last paragraph. */
const FOOT_BYTES = 1_000;

const ICON: Readonly<Record<Severity, Markdown>> = {
  critical: md`🔴`,
  high: md`🟠`,
  medium: md`🟡`,
  low: md`⚪`,
  unknown: md`❔`,
};

/**
 * A report in Markdown, the worst first, within a limit of bytes. Whatever a scanner, or who named a package, has
 * written into it is text there: no link, no mention, no markup.
 */
export function scanMarkdown(report: ScanReport, props: ScanMarkdownProps = {}): string {
  const page = new Page(Math.max(LEAST_SCAN_BYTES, props.limit ?? COMMENT_BYTES));
  page.add(headOf(report));
  const release = page.reserve(FOOT_BYTES);
  const left = [
    section(page, md`### Not scanned\n\n`, report.failures, (one) => md`- ${sentence(one)}`),
    section(
      page,
      md`### Allowed for longer than was decided\n\n`,
      report.expired,
      (one) => md`- ${code(one.id, 60)}, until ${code(one.until)}: ${sentence(one.reason)}`,
    ),
    section(page, TABLE, report.findings, row),
    section(
      page,
      md`### Allowed\n\n`,
      report.allowed,
      (one) =>
        md`- ${code(one.id, 60)} ${code(packageWords(one), 60)}, until ${code(one.until)}: ${sentence(one.reason)}`,
    ),
  ].reduce((sum, count) => sum + count, 0);
  release();
  page.add(footOf(report, left, props));
  return page.toString();
}

function headOf({ counts, findings, expired, failures }: ScanReport): Markdown {
  const fine = findings.length === 0 && expired.length === 0 && failures.length === 0;
  const [worst] = findings;
  const icon = fine ? md`✅` : worst?.severity === "critical" || failures.length > 0 ? md`❌` : md`⚠️`;
  return md`## ${icon} Security scan: ${sentence(countWords(counts))}`;
}

const TABLE = md`| severity | finding | package | fixed in | where | found by |\n|---|---|---|---|---|---|\n`;

function row(one: Finding): Markdown {
  const cells = [
    md`${ICON[one.severity]} ${sentence(one.severity)}`,
    one.kind === "vulnerability" ? advisory(one.id) : md`${cell(one.id)} ${cell(one.title)}`,
    optional(packageWords(one)),
    optional(one.fixed.slice(0, 3).join(", ")),
    cell(placeWords(one, 1)),
    cell(scannerWords(one)),
  ];
  return md`| ${joinMarkdown(cells, " | ")} |`;
}

function optional(text: string): Markdown {
  return text === "" ? md`` : cell(text);
}

/** The name of a vulnerability with a link to what is known of it; a name of another form is text. */
function advisory(id: string): Markdown {
  const isKnown = /^(?:CVE-\d{4}-\d{4,12}|GHSA(?:-[0-9a-z]{4}){3})$/.test(id);
  return isKnown ? linkTo(`https://osv.dev/vulnerability/${id}`, md`${cell(id)}`) : cell(id);
}

/** A list as far as it fits; returns how many items were left out. */
function section<T>(page: Page, head: Markdown, items: readonly T[], make: (one: T) => Markdown): number {
  if (items.length === 0) return 0;
  const { items: fitting, left } = fitMade(
    items.length,
    (at) => make(items[at] as T),
    page.room - bytes(head) - 2,
  );
  const added = fitting.length > 0 && page.add(md`${head}${joinMarkdown(fitting, "\n")}`);
  return added ? left : items.length;
}

function footOf(report: ScanReport, left: number, { runUrl, artifact }: ScanMarkdownProps): Markdown {
  const run = isAddress(runUrl) ? linkTo(runUrl, md`this run`) : md`this run`;
  const where = md`${artifact ? md`the artifact ${code(artifact, 60)} of ` : md``}${run}`;
  const rest = left > 0 ? md`**${sentence(pluralize(left, "line is", "lines are"))} left out here.** ` : md``;
  const all = runUrl || artifact ? md`Everything is in ${where}. ` : md``;
  const worse = SEVERITIES.filter((severity) => report.counts[severity] > 0).length > 1;
  const order = worse ? md`The worst come first. ` : md``;
  return md`${rest}${all}${order}Scanned on ${code(report.date)} by ${code(clean(report.scanners.join(", "), 300), 300)}.`;
}
