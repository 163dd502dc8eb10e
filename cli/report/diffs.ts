import type { Change } from "./change";
import { fit, fitMade } from "./fit";
import { joinMarkdown, type Markdown, md, type Plain, plain, plainLines } from "./markup";
import type { StackReport } from "./model";
import { countWords } from "./table";
import { bytes, clean, cleanLine, fenced, html } from "./text";

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
  const all = listed(stack);
  const alikes = alikeOf(all);
  const block = (at: number) => {
    const own = alikes[at]?.block(limit) ?? plain``;
    return at === 0 ? own : plainLines([plain``, own]);
  };
  const blocks = fitMade(alikes.length, block, limit).items;
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
  const left = alikes.slice(items.length).reduce((sum, { count }) => sum + count, 0);
  return { text: md`${head}\n${fenced(items, "diff")}\n${frame(left)}\n</details>`, left };
}

/** The diff of one stack: a text of several lines for each resource, the most dangerous first. */
export function diffBlocks(stack: StackReport): readonly Plain[] {
  return alikeOf(listed(stack)).map((one) => one.block(Number.POSITIVE_INFINITY));
}

function listed({ changes, drift }: StackReport): readonly Listed[] {
  return [
    ...changes.map((change) => ({ change, prefix: plain`` })),
    ...drift.map((change) => ({ change, prefix: plain`drifted: ` })),
  ];
}

/** A change as it is listed. */
interface Listed {
  readonly change: Change;
  readonly prefix: Plain;
}

/** What is shown as one: a resource, or the instances of one to which the same happens without a line. */
interface Alike {
  readonly count: number;
  block(limit: number): Plain;
}

function alikeOf(all: readonly Listed[]): readonly Alike[] {
  const groups = new Map<string, Listed[]>();
  for (const one of all) {
    const base = withoutIndex(one.change.address);
    const isBare = one.change.lines.length === 0 && one.change.more === 0;
    const same = isBare
      ? plain`${headOf({ ...one.change, address: base }, one.prefix)}`
      : `${groups.size} ${base}`;
    groups.set(same, [...(groups.get(same) ?? []), one]);
  }
  return [...groups.values()].map((group) => ({
    count: group.length,
    block: (limit) => {
      const [{ change, prefix }] = group as [Listed];
      if (group.length === 1) return blockOf(change, limit, prefix);
      const address = `${withoutIndex(change.address)} (${group.length} instances)`;
      return blockOf({ ...change, address }, limit, prefix);
    },
  }));
}

/** An address without the index or key of an instance. */
export function withoutIndex(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/, "");
}

/** Bytes of one resource: a part of the whole, so that one never takes the room of all others. */
function roomOf(limit: number): number {
  return Math.max(600, Math.floor(limit / 4));
}

/** One resource: what happens to it, then its attributes. */
function blockOf(change: Change, limit: number, prefix: Plain): Plain {
  const line = (at: number) => {
    const { sign, path, value, isText } = change.lines[at] ?? { sign: "+", path: "", value: "" };
    const mark = sign === "-" ? plain`-` : sign === "+" ? plain`+` : plain` `;
    if (isText) return plain`${mark}       ${cleanLine(value, 820)}`;
    return plain`${mark}   ${clean(path, 200)} = ${clean(value, 820)}`;
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
  const object = change.deposed === undefined ? "" : `deposed object ${change.deposed} `;
  const parts = [
    ...(word ? [`${object}${word}`] : []),
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
