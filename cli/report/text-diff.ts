import { structuredPatch } from "diff";

/** A line of a text that changes: what goes, what comes, and some that stay around it. */
export interface TextLine {
  readonly sign: "+" | "-" | " ";
  readonly text: string;
}

/** Lines that stay and are shown around those that change. */
const CONTEXT = 2;

/** Edits that two texts are worth comparing for; beyond it one goes and the other comes. */
const MOST_EDITS = 2_000;

/** What changes between two texts, line by line, with the number of the first line before each part but the first. */
export function textDiff(before: string, after: string): readonly TextLine[] {
  const patch = structuredPatch("", "", before, after, undefined, undefined, {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
  });
  if (!patch) return [...linesOf("-", before), ...linesOf("+", after)];
  return patch.hunks.flatMap(({ lines, newStart }, at) => [
    ...(at > 0 || newStart > 1 ? [{ sign: " ", text: `… from line ${newStart}` } as const] : []),
    ...lines.flatMap((line): TextLine[] => {
      const sign = line[0];
      if (sign === "+" || sign === "-" || sign === " ") return [{ sign, text: line.slice(1) }];
      // "\ No newline at end of file": the file itself does not end here.
      return [];
    }),
  ]);
}

function linesOf(sign: "+" | "-", text: string): readonly TextLine[] {
  return text.split("\n").map((line) => ({ sign, text: line }));
}

/**
 * Two values of one line, each cut to so many characters around what differs between them: its beginning can always be
 * seen, on both sides, with some of what is the same before it.
 */
export function cutAroundChange(one: string, other: string, most: number): readonly [string, string] {
  if (one.length <= most && other.length <= most) return [one, other];
  let same = 0;
  while (same < one.length && same < other.length && one[same] === other[same]) same += 1;
  let end = 0;
  const room = Math.min(one.length, other.length) - same;
  while (end < room && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  const cut = (text: string) => window(text, same, text.length - end, most);
  return [cut(one), cut(other)];
}

/** @param from - where the change begins. @param to - where it ends. */
function window(text: string, from: number, to: number, most: number): string {
  if (text.length <= most) return text;
  const around = Math.max(20, Math.floor((most - Math.min(to - from, most)) / 2));
  const start = Math.max(0, Math.min(from - around, text.length - most));
  const shown = text.slice(start, start + most);
  const left = text.length - start - shown.length;
  return `${start > 0 ? `… ${start} characters … ` : ""}${shown}${left > 0 ? ` … ${left} characters more` : ""}`;
}
