import { type Line, line, linesOf, paint } from "../console/output";
import { pluralize } from "../console/words";
import { wrapped } from "../console/wrap";
import { diffBlocks } from "./diffs";
import type { Report } from "./model";
import { byName } from "./sections";
import { countWords } from "./table";
import { clean } from "./text";

/** Lines of a diff that a terminal is shown unless it is asked for. */
const MOST_UNASKED = 50;

/** Properties of {@link terminalDiff}. */
export interface TerminalDiffProps {
  /** Whether it was asked for, or asked to be left out. @default - on a terminal, where it has 50 lines at the most */
  readonly diff?: boolean | undefined;

  /** Columns of the terminal. @default - it is none: no line is cut, and what was not asked for is left out */
  readonly columns?: number | undefined;
}

const PAINT = { "+": paint.good, "-": paint.bad, "!": paint.warning } as const;

/** What changes, attribute by attribute, in colours; stacks with the same change once. */
export function terminalDiff(report: Report, { diff, columns }: TerminalDiffProps): readonly Line[] {
  if (diff === false || (diff === undefined && columns === undefined)) return [];
  const stacks = byName(report);
  const drifted = report.stacks.flatMap(({ name, changes, drift }) =>
    changes.length === 0 && drift.length > 0 ? [[name]] : [],
  );
  const parts = [...report.groups, ...drifted].flatMap(([first = "", ...others]) => {
    const stack = stacks.get(first);
    if (!stack) return [];
    const same =
      others.length > 0 ? `, and the same in ${others.map((name) => clean(name, 60)).join(", ")}` : "";
    const head = line`${paint.strong(clean(first))} ${countWords(stack.counts)}${paint.faint(same)}`;
    return [{ head, blocks: diffBlocks(stack).map((block) => linesOf(block).map(painted)) }];
  });
  const count = parts.flatMap(({ blocks }) => blocks).reduce((sum, lines) => sum + lines.length, 0);
  if (count === 0) return [];
  if (diff === undefined && count > MOST_UNASKED) {
    return [
      line``,
      paint.faint(`The diff has ${pluralize(count, "line", "lines")}: with --diff it is shown`),
    ];
  }
  const fitted = (one: Line, hang: number) => (columns === undefined ? [one] : wrapped(one, columns, hang));
  return parts.flatMap(({ head, blocks }) => [
    line``,
    ...fitted(head, 2),
    ...blocks.flatMap((lines) => [
      line``,
      ...lines.flatMap((one, at) => fitted(line`  ${one}`, at === 0 ? 2 : 6)),
    ]),
  ]);
}

/** A line by what happens to it, e.g. `- name = "a"`. */
function painted(one: Line): Line {
  const sign = one.toString().slice(0, 1);
  return sign === "+" || sign === "-" || sign === "!" ? PAINT[sign](one) : one;
}
