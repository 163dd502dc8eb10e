import { COMMENT_BYTES } from "../github/comment-budget";
import { foldedDiff } from "./diffs";
import { fit, Page } from "./fit";
import { isAddress, linkTo } from "./link";
import { joinMarkdown, type Markdown, md } from "./markup";
import { graphItem, MOST_NODES } from "./mermaid";
import type { Report, StackReport, Verdict } from "./model";
import { priceItems, priceLine } from "./price-markdown";
import {
  byName,
  deferredItems,
  errorItems,
  noteItems,
  plannedWords,
  reasonItems,
  removedItems,
  riskItems,
} from "./sections";
import { LEGEND, tableLines, tableOf, totalWords } from "./table";
import { bytes, clean, code, sentence } from "./text";

/** The least that a report needs. */
export const LEAST_BYTES = 4_000;

/** Properties of {@link markdown}. */
export interface MarkdownProps {
  /**
   * Bytes of the whole, {@link LEAST_BYTES} at least.
   *
   * @default 60,000
   */
  readonly limit?: number;

  /** Address of the run that has everything, https. */
  readonly runUrl?: string;

  /**
   * Address of the page with every diff whole (`--format html`), https.
   *
   * @default - none is named
   */
  readonly pageUrl?: string;

  /**
   * Name of the run's artifact that has everything.
   *
   * @default - none is named
   */
  readonly artifact?: string;

  /**
   * A sentence that stands below the verdict.
   *
   * @default - none
   */
  readonly note?: string;

  /**
   * First word of the heading.
   *
   * @default Plan
   */
  readonly title?: string;

  /**
   * Whether each stack's diff is in it.
   *
   * @default true
   */
  readonly diffs?: boolean;
}

const ICON: Readonly<Record<Verdict["kind"], Markdown>> = {
  failed: md`❌`,
  incomplete: md`⚠️`,
  attention: md`⚠️`,
  changes: md`📝`,
  unchanged: md`✅`,
};

/** What was left out, and of which stacks. */
interface Left {
  risks: number;
  errors: number;
  rows: number;
  lines: number;
  readonly diffs: Map<string, number>;
}

/** Bytes kept for the last paragraph. */
const FOOT_BYTES = 1_200;

/** A report in Markdown: what a reviewer has to decide about first, within a limit of bytes. */
export function markdown(report: Report, props: MarkdownProps = {}): string {
  const limit = Math.max(LEAST_BYTES, props.limit ?? COMMENT_BYTES);
  const page = new Page(limit);
  const left: Left = { risks: 0, errors: 0, rows: 0, lines: 0, diffs: new Map() };
  const title = props.title ?? "Plan";
  // Names of four-byte letters could fill the smallest page.
  if (!page.add(headOf(report, title, props), FOOT_BYTES))
    page.add(md`## ${ICON[report.verdict.kind]} ${sentence(title, 80)}`);
  if (props.note) page.add(md`> [!WARNING]\n> ${sentence(props.note)}`);
  const release = page.reserve(FOOT_BYTES);
  left.errors = section(page, md``, errorItems(report), limit / 4);
  left.risks = section(page, md`### Risks\n\n`, riskItems(report), limit / 4);
  left.lines = section(page, md`### Also in the plan\n\n`, noteItems(report), limit / 6);
  left.rows = table(page, report, limit / 5);
  left.lines += section(page, md`### Price\n\n`, priceItems(report), limit / 15);
  left.lines += section(page, md`### Not planned yet\n\n`, deferredItems(report), limit / 10);
  left.lines += section(page, md`### Gone from the code\n\n`, removedItems(report), limit / 10);
  left.lines += section(page, REASONS, reasonItems(report), limit / 20, md`\n\n</details>`);
  graph(page, report, limit / 8);
  if (props.diffs !== false) diffs(page, report, left);
  release();
  const foot = footOf(left, props, MOST_NAMED);
  if (foot && !page.add(foot)) page.add(footOf(left, props, 0));
  return page.toString();
}

function headOf(report: Report, title: string, { pageUrl }: MarkdownProps): Markdown {
  const { verdict, app, commit, modified, scope, stacks } = report;
  const name = app === "." ? md`` : md` ${code(app)}`;
  const differs = modified ? md` with uncommitted changes` : md``;
  const parts = [
    ...(commit ? [md`commit ${code(commit.slice(0, 12))}${differs}`] : []),
    sentence(plannedWords(report)),
    ...(scope.kind === "affected" ? [md`compared with ${code(scope.base, 80)}`] : []),
    ...(isAddress(pageUrl) ? [linkTo(pageUrl, md`every diff on one page`)] : []),
  ];
  const everything =
    scope.kind === "affected" && scope.everything
      ? md`\n\nEverything was planned: ${sentence(scope.everything)}`
      : md``;
  const heading = md`## ${ICON[verdict.kind]} ${sentence(title, 80)}${name}: ${sentence(verdict.text)}`;
  const total =
    verdict.kind === "unchanged" || stacks.length === 0
      ? md``
      : md`\n\n**Plan:** ${sentence(totalWords(stacks))}`;
  return md`${heading}${total}${priceLine(report)}\n\n${joinMarkdown(parts, " · ")}${everything}`;
}

/** What the reasons stand below, folded: they explain the plan, and are not what is to be decided about. */
const REASONS = md`<details><summary>Why these stacks were planned</summary>\n\n`;

/** A list as far as it fits; returns how many items were left out. */
function section(page: Page, head: Markdown, items: readonly Markdown[], share: number, end = md``): number {
  if (items.length === 0) return 0;
  const { items: fitting, left } = fit(items, Math.min(share, page.room) - bytes(head) - bytes(end) - 2);
  const added = fitting.length > 0 && page.add(md`${head}${joinMarkdown(fitting, "\n")}${end}`);
  return added ? left : items.length;
}

function table(page: Page, report: Report, share: number): number {
  if (report.stacks.length === 0) return 0;
  const { head, rows } = tableLines(tableOf(report.stacks, report.promotion));
  return section(page, md`### Changes\n\n${LEGEND}\n\n${head}\n`, rows, share);
}

/** The graph, of as many stacks as there is room for. */
function graph(page: Page, report: Report, share: number): void {
  for (const most of [MOST_NODES, MOST_NODES / 2, MOST_NODES / 4]) {
    const item = graphItem(report, most);
    if (bytes(item) <= share) {
      if (item !== "") page.add(item);
      return;
    }
  }
}

/** Every stack's diff in risk order; one of each group of stacks with the same change. */
function diffs(page: Page, report: Report, left: Left): void {
  const stacks = byName(report);
  const grouped = report.groups.map(([first, ...others]) => ({ stack: stacks.get(first ?? ""), others }));
  const driftOnly = report.stacks
    .filter(({ changes, drift }) => changes.length === 0 && drift.length > 0)
    .map((stack) => ({ stack, others: [] as string[] }));
  const all = [...grouped, ...driftOnly].filter(
    (each): each is { stack: StackReport; others: string[] } => each.stack !== undefined,
  );
  const isThere = all.length > 0 && page.add(md`### Diffs`);
  for (const [at, { stack, others }] of all.entries()) {
    const share = Math.max(page.room / 3, page.room / (all.length - at));
    const folded = foldedDiff(stack, others, Math.floor(share) - 2);
    const added = isThere && folded !== undefined && page.add(folded.text);
    const missing = added ? folded.left : stack.changes.length + stack.drift.length;
    if (missing > 0) left.diffs.set(stack.name, missing);
  }
}

/** Stacks that the last paragraph names. */
const MOST_NAMED = 6;

function footOf(left: Left, { runUrl, artifact }: MarkdownProps, most: number): Markdown {
  const resources = [...left.diffs.values()].reduce((sum, count) => sum + count, 0);
  const named = [...left.diffs]
    .slice(0, most)
    .map(([name, count]) => md`${code(clean(name, 60), 60)} ${count}`);
  const more = left.diffs.size - named.length;
  const stacks = [...named, ...(more > 0 ? [md`${more} stacks${most > 0 ? md` more` : md``}`] : [])];
  const parts = [
    ...(left.errors > 0 ? [md`${left.errors} errors`] : []),
    ...(left.risks > 0 ? [md`${left.risks} risks`] : []),
    ...(left.rows > 0 ? [md`${left.rows} rows of the table`] : []),
    ...(left.lines > 0 ? [md`${left.lines} lines`] : []),
    ...(resources > 0 ? [md`the diffs of ${resources} resources (${joinMarkdown(stacks, ", ")})`] : []),
  ];
  const run = isAddress(runUrl) ? linkTo(runUrl, md`this run`) : md`this run`;
  const where = md`${artifact ? md`the artifact ${code(artifact, 60)} of ` : md``}${run}`;
  if (parts.length > 0) return md`**Left out here:** ${joinMarkdown(parts, ", ")}. All of it is in ${where}.`;
  return runUrl || artifact ? md`The whole plan is in ${where}.` : md``;
}
