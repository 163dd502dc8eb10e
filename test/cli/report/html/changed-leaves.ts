import fc from "fast-check";
import type { Json } from "../../../../cli/input/json";
import type { PageLine } from "../../../../cli/report/html/browser/page-data";

/** A value of an attribute, which knows of itself what a reader is to see of it. */
export type Tree =
  | { readonly kind: "leaf"; readonly value: boolean | number | string }
  | { readonly kind: "text"; readonly lines: readonly string[] }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "map"; readonly entries: Readonly<Record<string, Tree>> }
  /** A document in a string, e.g. a policy. */
  | { readonly kind: "document"; readonly entries: Readonly<Record<string, Tree>> };

/** The value as it stands in a plan. */
export function jsonOf(tree: Tree): Json {
  switch (tree.kind) {
    case "leaf":
      return tree.value;
    case "text":
      return tree.lines.join("\n");
    case "list":
      return tree.items;
    case "map":
      return Object.fromEntries(Object.entries(tree.entries).map(([key, each]) => [key, jsonOf(each)]));
    case "document":
      return JSON.stringify(jsonOf({ kind: "map", entries: tree.entries }));
  }
}

const KEYS = ["name", "size", "Action", "env vars", "tags", "ключ"];
// Without what would make a document of them by chance; half of them long, so that a cut would be seen.
const word = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."abcdefgh <>&'/é\u202e\u2028😀"), minLength: 1, maxLength: 20 }),
  fc.tuple(fc.constantFrom("a", "b"), fc.nat(900)).map(([letter, count]) => `x${letter.repeat(count)}y`),
);
const leaf = fc.oneof(word, fc.boolean(), fc.integer()).map((value): Tree => ({ kind: "leaf", value }));
const text = fc
  .array(fc.string({ unit: fc.constantFrom(..."abc <"), maxLength: 9 }), { minLength: 2, maxLength: 12 })
  .map((lines): Tree => ({ kind: "text", lines }));
const list = fc
  .uniqueArray(word, { minLength: 1, maxLength: 5 })
  .map((items): Tree => ({ kind: "list", items }));

/** Attributes of a resource. */
export const attributes: fc.Arbitrary<Readonly<Record<string, Tree>>> = fc.letrec<{
  entries: Readonly<Record<string, Tree>>;
  tree: Tree;
}>((tie) => ({
  entries: fc.dictionary(fc.constantFrom(...KEYS), tie("tree"), { minKeys: 1, maxKeys: 4 }),
  tree: fc.oneof(
    { maxDepth: 2 },
    leaf,
    text,
    list,
    tie("entries").map((entries): Tree => ({ kind: "map", entries })),
    tie("entries").map((entries): Tree => ({ kind: "document", entries })),
  ),
})).entries;

/** What has to be in the diff: the side, and what a line of it holds. */
interface Expected {
  readonly sign: "+" | "-";
  readonly value: string;
}

/** The leaves that differ between two values and that no line of a diff shows. */
export function missingLeaves(
  before: Readonly<Record<string, Tree>>,
  after: Readonly<Record<string, Tree>>,
  lines: readonly PageLine[],
): readonly Expected[] {
  const sides = { "+": lines.filter(([sign]) => sign === "+"), "-": lines.filter(([sign]) => sign === "-") };
  return expected(before, after).filter(
    ({ sign, value }) => !sides[sign].some(([, , shown]) => shown.includes(value)),
  );
}

function expected(
  before: Readonly<Record<string, Tree>>,
  after: Readonly<Record<string, Tree>>,
): readonly Expected[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    between(before[key], after[key]),
  );
}

function between(before: Tree | undefined, after: Tree | undefined): readonly Expected[] {
  // A document is what it holds.
  if (before && after && "entries" in before && "entries" in after)
    return expected(before.entries, after.entries);
  if (before?.kind === "text" && after?.kind === "text") {
    const only = (sign: "+" | "-", one: readonly string[], other: readonly string[]) =>
      one.filter((each) => !other.includes(each)).map((value): Expected => ({ sign, value }));
    return [...only("-", before.lines, after.lines), ...only("+", after.lines, before.lines)];
  }
  if (before?.kind === "list" && after?.kind === "list") {
    const only = (sign: "+" | "-", one: readonly string[], other: readonly string[]) =>
      one.filter((each) => !other.includes(each)).map((each): Expected => ({ sign, value: seen(each) }));
    return [...only("-", before.items, after.items), ...only("+", after.items, before.items)];
  }
  if (before && after && JSON.stringify(jsonOf(before)) === JSON.stringify(jsonOf(after))) return [];
  return [...leavesOf("-", before), ...leavesOf("+", after)];
}

/** Every leaf of a value that comes or goes as a whole. */
function leavesOf(sign: "+" | "-", tree: Tree | undefined): readonly Expected[] {
  if (!tree) return [];
  if (tree.kind === "map" || tree.kind === "document")
    return Object.values(tree.entries).flatMap((each) => leavesOf(sign, each));
  if (tree.kind === "list") return tree.items.map((value) => ({ sign, value: seen(value) }));
  return [{ sign, value: seen(tree.kind === "text" ? tree.lines.join("\n") : tree.value) }];
}

/** A value as a reader sees it: what is invisible is written as `\u….`. */
function seen(value: boolean | number | string): string {
  return JSON.stringify(value).replaceAll("\u202e", "\\u202e").replaceAll("\u2028", "\\u2028");
}
