import { fit, fitMade } from "./budget";
import type { Change } from "./change";
import type { StackReport } from "./model";
import { countWords } from "./table";
import { bytes, clean, fenceOf, html } from "./text";

/** A folded diff, and how many resources are not in it. */
export interface Folded {
  readonly text: string;
  readonly left: number;
}

/**
 * The diff of one stack, folded; cut between two resources.
 *
 * @param others - names of the stacks with the same change.
 * @param limit - bytes of the whole.
 * @returns undefined when not even one resource fits.
 */
export function foldedDiff(stack: StackReport, others: readonly string[], limit: number): Folded | undefined {
  const all = [
    ...stack.changes.map((change) => ({ change, prefix: "" })),
    ...stack.drift.map((change) => ({ change, prefix: "drifted: " })),
  ];
  const block = (at: number) => {
    const one = all[at];
    return one ? blockOf(one.change, limit, one.prefix) : "";
  };
  const blocks = fitMade(all.length, block, limit).items;
  if (blocks.length === 0) return undefined;
  const shown = others.slice(0, 8).map((name) => html(name, 80));
  const more = others.length > 8 ? ` and ${others.length - 8} more` : "";
  const alike = others.length > 0 ? `, and the same in ${shown.join(", ")}${more}` : "";
  const head = `<details><summary>${html(stack.name)} ${countWords(stack.counts)}${alike}</summary>\n`;
  const fence = fenceOf(blocks);
  // The note is written with its longest number, so that it always fits.
  const frame = (left: number) =>
    left > 0 ? `\n${left} of ${all.length} resources are left out here.\n` : "";
  const fixed = bytes(`${head}\n${fence}diff\n${fence}\n${frame(all.length)}\n</details>`);
  const { items } = fit(blocks, limit - fixed);
  if (items.length === 0) return undefined;
  const left = all.length - items.length;
  return { text: `${head}\n${fence}diff\n${items.join("\n")}\n${fence}\n${frame(left)}\n</details>`, left };
}

/** Bytes of one resource: a part of the whole, so that one never takes the room of all others. */
function roomOf(limit: number): number {
  return Math.max(600, Math.floor(limit / 4));
}

/** One resource: what happens to it, then its attributes. */
function blockOf(change: Change, limit: number, prefix: string): string {
  const line = (at: number) => {
    const { sign, path, value } = change.lines[at] ?? { sign: "+", path: "", value: "" };
    return `${sign}   ${clean(path, 200)} = ${clean(value, 820)}`;
  };
  const { items, left } = fitMade(change.lines.length, line, roomOf(limit));
  const more = change.more + left;
  const rest = more > 0 ? [`    … ${more} attributes more`] : [];
  return [headOf(change, prefix), ...items, ...rest].join("\n");
}

const WORD: Readonly<Record<Change["action"], readonly [string, string]>> = {
  create: ["+", "created"],
  update: ["!", "updated in place"],
  replace: ["!", "replaced"],
  delete: ["-", "deleted"],
  forget: ["!", "no longer managed"],
  unknown: ["!", "an unknown action"],
  none: ["!", ""],
};

function headOf(change: Change, prefix: string): string {
  const [sign, word] = WORD[change.action];
  const parts = [
    ...(word ? [word] : []),
    ...(change.forcedBy.length > 0 ? [`forced by ${change.forcedBy.join(", ")}`] : []),
    ...(change.movedFrom ? [`moved from ${change.movedFrom}`] : []),
    ...(change.importedAs === undefined
      ? []
      : [`imported${change.importedAs ? ` from ${change.importedAs}` : ""}`]),
    ...(change.reason && change.forcedBy.length === 0 ? [change.reason] : []),
    ...change.unknownActions,
  ];
  return `${sign} ${prefix}${clean(change.address)}: ${clean(parts.join(", "), 300)}`;
}
