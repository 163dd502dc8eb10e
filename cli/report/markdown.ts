import { fit, Page } from "./budget";
import { foldedDiff } from "./diffs";
import type { Report, StackReport, Verdict } from "./model";
import { byName, deferredItems, errorItems, reasonItems, removedItems, riskItems } from "./sections";
import { LEGEND, tableLines, tableOf } from "./table";
import { bytes, clean, code, sentence } from "./text";

/** Bytes of a comment on GitHub: it takes 65,536 characters, and this leaves room for a marker. */
export const COMMENT_BYTES = 60_000;

/** Bytes of a GitHub job summary: 1 MiB a step. */
export const SUMMARY_BYTES = 1_048_576;

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

const ICON: Readonly<Record<Verdict["kind"], string>> = {
  failed: "❌",
  incomplete: "⚠️",
  attention: "⚠️",
  changes: "📝",
  unchanged: "✅",
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
  if (!page.add(headOf(report, title), FOOT_BYTES)) page.add(`## ${ICON[report.verdict.kind]} ${title}`);
  if (props.note) page.add(`> [!WARNING]\n> ${sentence(props.note)}`);
  const release = page.reserve(FOOT_BYTES);
  left.errors = section(page, "", errorItems(report), limit / 4);
  left.risks = section(page, "### Risks\n\n", riskItems(report), limit / 4);
  left.rows = table(page, report, limit / 5);
  left.lines = section(page, "### Not planned yet\n\n", deferredItems(report), limit / 10);
  left.lines += section(page, "### Gone from the code\n\n", removedItems(report), limit / 10);
  left.lines += section(page, REASONS, reasonItems(report), limit / 20, "\n\n</details>");
  if (props.diffs !== false) diffs(page, report, left);
  release();
  const foot = footOf(left, props, MOST_NAMED);
  if (foot && !page.add(foot)) page.add(footOf(left, props, 0));
  return page.toString();
}

function headOf(report: Report, title: string): string {
  const { verdict, app, commit, modified, scope, stacks, left } = report;
  const name = app === "." ? "" : ` ${code(app)}`;
  const of = left > 0 ? ` of ${stacks.length + left}` : "";
  const parts = [
    ...(commit ? [`commit ${code(commit.slice(0, 12))}${modified ? " with uncommitted changes" : ""}`] : []),
    `${stacks.length}${of} ${stacks.length + left === 1 ? "stack" : "stacks"} planned`,
    ...(scope.kind === "affected" ? [`compared with ${code(scope.base, 80)}`] : []),
  ];
  const everything =
    scope.kind === "affected" && scope.everything
      ? `\n\nEverything was planned: ${sentence(scope.everything)}`
      : "";
  return `## ${ICON[verdict.kind]} ${title}${name}: ${sentence(verdict.text)}\n\n${parts.join(" · ")}${everything}`;
}

/** What the reasons stand below, folded: they explain the plan, and are not what is to be decided about. */
const REASONS = "<details><summary>Why these stacks were planned</summary>\n\n";

/** A list as far as it fits; returns how many items were left out. */
function section(page: Page, head: string, items: readonly string[], share: number, end = ""): number {
  if (items.length === 0) return 0;
  const { items: fitting, left } = fit(items, Math.min(share, page.room) - bytes(head) - bytes(end) - 2);
  const added = fitting.length > 0 && page.add(`${head}${fitting.join("\n")}${end}`);
  return added ? left : items.length;
}

function table(page: Page, report: Report, share: number): number {
  if (report.stacks.length === 0) return 0;
  const { head, rows } = tableLines(tableOf(report.stacks));
  return section(page, `### Changes\n\n${LEGEND}\n\n${head}\n`, rows, share);
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
  if (all.length === 0 || !page.add("### Diffs")) return;
  for (const [at, { stack, others }] of all.entries()) {
    const share = Math.max(page.room / 3, page.room / (all.length - at));
    const folded = foldedDiff(stack, others, Math.floor(share) - 2);
    const added = folded !== undefined && page.add(folded.text);
    const missing = added ? folded.left : stack.changes.length + stack.drift.length;
    if (missing > 0) left.diffs.set(stack.name, missing);
  }
}

/** Stacks that the last paragraph names. */
const MOST_NAMED = 6;

function footOf(left: Left, { runUrl, artifact }: MarkdownProps, most: number): string {
  const resources = [...left.diffs.values()].reduce((sum, count) => sum + count, 0);
  const named = [...left.diffs]
    .slice(0, most)
    .map(([name, count]) => `${code(clean(name, 60), 60)} ${count}`);
  const more = left.diffs.size - named.length;
  const stacks = [...named, ...(more > 0 ? [`${more} stacks${most > 0 ? " more" : ""}`] : [])];
  const parts = [
    ...(left.errors > 0 ? [`${left.errors} errors`] : []),
    ...(left.risks > 0 ? [`${left.risks} risks`] : []),
    ...(left.rows > 0 ? [`${left.rows} rows of the table`] : []),
    ...(left.lines > 0 ? [`${left.lines} lines`] : []),
    ...(resources > 0 ? [`the diffs of ${resources} resources (${stacks.join(", ")})`] : []),
  ];
  const run = runUrl && /^https:\/\/[\w.:/-]{1,200}$/.test(runUrl) ? `[this run](${runUrl})` : "this run";
  const where = `${artifact ? `the artifact ${code(artifact, 60)} of ` : ""}${run}`;
  if (parts.length > 0) return `**Left out here:** ${parts.join(", ")}. All of it is in ${where}.`;
  return runUrl || artifact ? `The whole plan is in ${where}.` : "";
}
