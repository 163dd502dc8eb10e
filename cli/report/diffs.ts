import { fit, fitMade } from "./budget";
import type { Change } from "./change";
import { joinMarkdown, type Markdown, md, type Plain, plain, plainLines } from "./markup";
import type { StackReport } from "./model";
import { countWords } from "./table";
import { bytes, clean, fenced, html } from "./text";

/** A folded diff, and how many resources are not in it. */
export interface Folded {
  readonly text: Markdown;
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
    ...stack.changes.map((change) => ({ change, prefix: plain`` })),
    ...stack.drift.map((change) => ({ change, prefix: plain`drifted: ` })),
  ];
  const block = (at: number) => {
    const one = all[at];
    return one ? blockOf(one.change, limit, one.prefix) : plain``;
  };
  const blocks = fitMade(all.length, block, limit).items;
  if (blocks.length === 0) return undefined;
  const shown = others.slice(0, 8).map((name) => html(name, 80));
  const more = others.length > 8 ? md` and ${others.length - 8} more` : md``;
  const alike = others.length > 0 ? md`, and the same in ${joinMarkdown(shown, ", ")}${more}` : md``;
  const head = md`<details><summary>${html(stack.name)} ${countWords(stack.counts)}${alike}</summary>\n`;
  // The note is written with its longest number, so that it always fits.
  const frame = (left: number) =>
    left > 0 ? md`\n${left} of ${all.length} resources are left out here.\n` : md``;
  // The fence is as long as that of all blocks.
  const fence = bytes(fenced(blocks, "diff")) - bytes(blocks.join("\n"));
  const fixed = bytes(head) + 1 + fence + 1 + bytes(frame(all.length)) + bytes("\n</details>");
  const { items } = fit(blocks, limit - fixed);
  if (items.length === 0) return undefined;
  const left = all.length - items.length;
  return { text: md`${head}\n${fenced(items, "diff")}\n${frame(left)}\n</details>`, left };
}

/** Bytes of one resource: a part of the whole, so that one never takes the room of all others. */
function roomOf(limit: number): number {
  return Math.max(600, Math.floor(limit / 4));
}

/** One resource: what happens to it, then its attributes. */
function blockOf(change: Change, limit: number, prefix: Plain): Plain {
  const line = (at: number) => {
    const { sign, path, value } = change.lines[at] ?? { sign: "+", path: "", value: "" };
    return plain`${sign === "-" ? plain`-` : plain`+`}   ${clean(path, 200)} = ${clean(value, 820)}`;
  };
  const { items, left } = fitMade(change.lines.length, line, roomOf(limit));
  const more = change.more + left;
  const rest = more > 0 ? [plain`    … ${more} attributes more`] : [];
  return plainLines([headOf(change, prefix), ...items, ...rest]);
}

const WORD: Readonly<Record<Change["action"], readonly [Plain, string]>> = {
  create: [plain`+`, "created"],
  update: [plain`!`, "updated in place"],
  replace: [plain`!`, "replaced"],
  delete: [plain`-`, "deleted"],
  forget: [plain`!`, "no longer managed"],
  unknown: [plain`!`, "an unknown action"],
  none: [plain`!`, ""],
};

function headOf(change: Change, prefix: Plain): Plain {
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
  return plain`${sign} ${prefix}${clean(change.address)}: ${clean(parts.join(", "), 300)}`;
}
