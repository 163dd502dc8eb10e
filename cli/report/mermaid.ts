import { type Markdown, md, type Plain, plain } from "./markup";
import type { Report, StackReport } from "./model";
import { changeWords } from "./table";
import { clean, fenced } from "./text";

/** Most stacks that the graph has; GitHub draws no graph of any size, and nobody reads one. */
export const MOST_NODES = 40;

/** Edges for each node that are drawn at the most. */
const MOST_EDGES = 3;

/** Colours for both of GitHub's schemes, by what happens at the most. */
const CLASSES: Readonly<Record<string, Plain>> = {
  failed: plain`fill:#cf222e22,stroke:#cf222e,stroke-dasharray:4 3`,
  deletes: plain`fill:#cf222e22,stroke:#cf222e`,
  changes: plain`fill:#bf870022,stroke:#bf8700`,
  creates: plain`fill:#1a7f3722,stroke:#1a7f37`,
  waits: plain`fill:#59636e22,stroke:#59636e,stroke-dasharray:4 3`,
};

/** The class of a stack to which something happens; undefined of one that stays. */
function classOf({ status, counts, changes }: StackReport): string | undefined {
  if (status === "failed") return "failed";
  if (status === "deferred" || status === "interrupted") return "waits";
  if (counts.delete + counts.replace > 0) return "deletes";
  if (counts.update + counts.forget + counts.unknown > 0) return "changes";
  return changes.length > 0 ? "creates" : undefined;
}

/**
 * The graph of the stacks to which something happens, folded, as GitHub draws it: what is applied before what. Nothing for
 * a single one, or where none changes. A dotted arrow leads over stacks that stay.
 *
 * @param most - stacks; the rest is counted.
 */
export function graphItem(report: Report, most = MOST_NODES): Markdown {
  const all = report.stacks.filter((stack) => classOf(stack) !== undefined);
  if (all.length < 2 || !all.some(({ changes }) => changes.length > 0)) return md``;
  const stacks = all.slice(0, most);
  const left = all.length - stacks.length;
  const more = left > 0 ? md`\n\n${left} more ${left === 1 ? md`stack is` : md`stacks are`} left out.` : md``;
  return md`<details><summary>Graph of the stacks</summary>\n\n${fenced(linesOf(stacks, report), "mermaid")}${more}\n\n</details>`;
}

function linesOf(stacks: readonly StackReport[], report: Report): readonly Plain[] {
  const ids = new Map(stacks.map(({ name }, at) => [name, at]));
  const nodes = stacks.map((stack, at) => {
    const name = plain`  s${at}["${label(stack.name)}<br>${clean(changeWords(stack))}"]`;
    const style = clean(classOf(stack) ?? "");
    return plain`${name}:::${style}`;
  });
  const edges = edgesOf(ids, report).slice(0, MOST_EDGES * stacks.length);
  const used = new Set(stacks.map(classOf));
  return [
    plain`flowchart LR`,
    ...nodes,
    ...edges.map(({ from, to, isDirect }) => plain`  s${from} ${isDirect ? plain`-->` : plain`-.->`} s${to}`),
    ...Object.entries(CLASSES).flatMap(([name, style]) =>
      used.has(name) ? [plain`  classDef ${clean(name)} ${style}`] : [],
    ),
  ];
}

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly isDirect: boolean;
}

/** From each stack to those that are applied after it; over those that are not drawn, to the next that are. */
function edgesOf(ids: ReadonlyMap<string, number>, { stacks }: Report): readonly Edge[] {
  const dependencies = new Map(stacks.map((stack) => [stack.name, stack.dependencies ?? []]));
  return [...ids].flatMap(([name, to]) => {
    const direct = new Set<number>();
    const over = new Set<number>();
    const seen = new Set([name]);
    const open = (dependencies.get(name) ?? []).map((one) => ({ one, isDirect: true }));
    for (const { one, isDirect } of open) {
      if (seen.has(one)) continue;
      seen.add(one);
      const from = ids.get(one);
      if (from !== undefined) (isDirect ? direct : over).add(from);
      else open.push(...(dependencies.get(one) ?? []).map((next) => ({ one: next, isDirect: false })));
    }
    return [
      ...[...direct].map((from) => ({ from, to, isDirect: true })),
      ...[...over].map((from) => ({ from, to, isDirect: false })),
    ];
  });
}

/** A name in a label: whatever could mean something to Mermaid, Markdown or HTML is written as its number. */
function label(name: string): Plain {
  const escaped = clean(name, 60).replaceAll(
    /[^A-Za-z0-9 ._/-]/gu,
    (letter) => `#${letter.codePointAt(0) ?? 0};`,
  );
  return clean(escaped, 1_000);
}
