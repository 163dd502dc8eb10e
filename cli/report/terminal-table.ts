import { type Line, line, paint } from "../console/output";
import { wrapped } from "../console/wrap";
import type { Counts, Report, StackReport } from "./model";
import { changeWords, countWords, LEGEND, tableOf } from "./table";
import { clean } from "./text";

/** What Terraform does to resources; each that happens has a column. */
const ACTIONS = ["create", "update", "replace", "delete"] as const;

/** Widest name in a table. */
const LONGEST_NAME = 60;

/**
 * What happens to each stack: units by environments, where there are several and the terminal has room for them; else a
 * row a stack, with a column for each action.
 *
 * @param columns - of the terminal; undefined where there is none.
 */
export function terminalTable(
  { stacks, promotion }: Pick<Report, "stacks" | "promotion">,
  columns: number | undefined,
): readonly Line[] {
  if (stacks.length === 0) return [];
  const environments = new Set(stacks.map(({ environment }) => environment ?? ""));
  const matrix = environments.size > 1 ? matrixOf(stacks, promotion) : undefined;
  if (matrix && widthOf(matrix) <= (columns ?? Number.POSITIVE_INFINITY))
    return [
      line``,
      ...matrix.map((text) => line`${text}`),
      ...(columns === undefined ? [paint.faint(LEGEND)] : wrapped(paint.faint(LEGEND), columns)),
    ];
  const [head = "", ...rows] = listOf(stacks);
  // What has no column goes on below itself.
  const fitted = rows.flatMap((text) =>
    columns === undefined ? [line`${text}`] : wrapped(line`${text}`, columns, head.length + 2),
  );
  return [line``, line`${head}`, ...fitted];
}

function matrixOf(
  stacks: readonly StackReport[],
  promotion: readonly string[] | undefined,
): readonly string[] {
  const { head, rows } = tableOf(stacks, promotion);
  return aligned([head, ...rows].map((row) => row.map((text) => clean(text, LONGEST_NAME))));
}

function listOf(stacks: readonly StackReport[]): readonly string[] {
  const used = ACTIONS.filter((action) => stacks.some(({ counts }) => counts[action] > 0));
  const rows = stacks.map((stack) => [
    clean(stack.name, LONGEST_NAME),
    ...used.map((action) => (stack.counts[action] > 0 ? String(stack.counts[action]) : "·")),
    besides(stack),
  ]);
  return aligned([["stack", ...used, ""], ...rows], used.length);
}

/** What there is to say of a stack that has no column. */
function besides(stack: StackReport): string {
  const { counts, status } = stack;
  if (status !== "changed" && status !== "unchanged") return changeWords(stack);
  const none: Partial<Counts> = { create: 0, update: 0, replace: 0, delete: 0 };
  const words = countWords({ ...counts, ...none });
  return words === "" && ACTIONS.every((action) => counts[action] === 0) ? "no changes" : words;
}

/** Rows with their columns below each other. @param numbers - columns after the first that end below each other. */
function aligned(rows: readonly (readonly string[])[], numbers = 0): readonly string[] {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return column > 0 && column <= numbers ? text.padStart(width) : text.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

function widthOf(rows: readonly string[]): number {
  return Math.max(...rows.map((row) => row.length));
}
