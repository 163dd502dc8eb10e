import { exactNumber } from "../input/exact-numbers";
import { cutAroundChange, textDiff } from "./text-diff";
import { isEmpty, NOTHING, type Shown, same } from "./values";

/** A line of a diff: what an attribute was, or what it becomes. */
export interface DiffLine {
  /** A space for what stays: a line of a text around those that change. */
  readonly sign: "+" | "-" | " ";

  /** Path of the attribute, e.g. `ingress[1].cidr_blocks`. */
  readonly path: string;

  /** Its value, ready to be shown: secrets are masked. */
  readonly value: string;

  /** Whether the value is a line of a text, and the path only says of which. */
  readonly isText?: true;
}

/** A line before secrets are taken out and before it is cut. */
interface Draft extends DiffLine {
  /** The other side of the same attribute: the value is cut around what differs. */
  readonly other?: string;
}

/** Shown for a value that only an apply knows. */
export const UNKNOWN = "(known after apply)";

/** How much of a diff is kept. */
export interface DiffLimits {
  /** Lines of one resource; the rest is counted. */
  readonly lines: number;

  /** Characters of a value, which is cut around what changes. */
  readonly value: number;
}

/** What fits into a comment. */
const BRIEF: DiffLimits = { lines: 300, value: 400 };

/** Everything. */
export const WHOLE: DiffLimits = { lines: Number.POSITIVE_INFINITY, value: Number.POSITIVE_INFINITY };

/** Comparisons that a list is worth; longer ones are compared index by index. */
const MOST_COMPARISONS = 250_000;

/**
 * What differs between two values, attribute by attribute, and how many lines more there are.
 *
 * @param mask - takes secrets out of a text.
 */
export function diff(
  before: Shown,
  after: Shown,
  mask: (text: string) => string = (text) => text,
  limits: DiffLimits = BRIEF,
): { lines: readonly DiffLine[]; more: number } {
  const all: Draft[] = [];
  compare("", before, after, all);
  const lines = all.slice(0, limits.lines).map(({ other, ...draft }) => {
    // Masked before it is cut, so that no half of a secret stays.
    const [value] = cutAroundChange(mask(draft.value), mask(other ?? ""), limits.value);
    // An output that is no map has no attribute to name.
    return { ...draft, path: draft.path === "" ? "value" : short(mask(draft.path), limits), value };
  });
  return { lines, more: Math.max(0, all.length - limits.lines) };
}

function compare(path: string, before: Shown, after: Shown, into: Draft[]): void {
  if (same(before, after)) return;
  const length = into.length;
  if (before.kind === "map" && after.kind === "map") compareMaps(path, before, after, into);
  else if (before.kind === "list" && after.kind === "list") {
    compareLists(path, before.items, after.items, into);
  } else if (isText(before) && isText(after)) {
    compareTexts(path, before.value, after.value, into);
  } else {
    spread("-", path, before, into);
    spread("+", path, after, into);
    pair(into, length);
  }
  // A document of which only the order or the comments differ.
  const [one, other] = [textOf(before), textOf(after)];
  if (into.length === length && one !== undefined && other !== undefined)
    compareTexts(path, one, other, into);
}

/** Two lines that say what one attribute was and becomes are cut around what differs. */
function pair(into: Draft[], from: number): void {
  const [gone, come] = [into[from], into[from + 1]];
  if (into.length !== from + 2 || gone?.sign !== "-" || come?.sign !== "+" || gone.path !== come.path) return;
  into.splice(from, 2, { ...gone, other: come.value }, { ...come, other: gone.value });
}

/** A text of several lines. */
function isText(value: Shown): value is { readonly kind: "leaf"; readonly value: string } {
  return value.kind === "leaf" && typeof value.value === "string" && value.value.includes("\n");
}

function textOf(value: Shown): string | undefined {
  return value.kind === "map" || value.kind === "list" ? value.document?.text : undefined;
}

function compareTexts(path: string, before: string, after: string, into: Draft[]): void {
  const count = (text: string) => text.replace(/\n$/, "").split("\n").length;
  const [one, other] = [count(before), count(after)];
  const lines = one === other ? `${one} lines` : `${one} lines, then ${other}`;
  into.push({ sign: " ", path, value: `(text of ${lines})` });
  for (const { sign, text } of textDiff(before, after)) into.push({ sign, path, value: text, isText: true });
}

type MapValue = Extract<Shown, { kind: "map" }>;

function compareMaps(path: string, before: MapValue, after: MapValue, into: Draft[]): void {
  const keys = [...new Set([...before.entries.keys(), ...after.entries.keys()])];
  for (const key of keys) {
    compare(join(path, key), before.entries.get(key) ?? NOTHING, after.entries.get(key) ?? NOTHING, into);
  }
}

/**
 * Lists are compared as bags: a plan does not say which of them are sets, and an element that comes in
 * front would otherwise change every index behind it.
 */
function compareLists(path: string, before: readonly Shown[], after: readonly Shown[], into: Draft[]): void {
  if (before.length * after.length > MOST_COMPARISONS) {
    for (let at = 0; at < Math.max(before.length, after.length); at++) {
      compare(`${path}[${at}]`, before[at] ?? NOTHING, after[at] ?? NOTHING, into);
    }
    return;
  }
  const gone = indexed(before);
  const come: { at: number; item: Shown }[] = [];
  for (const each of indexed(after)) {
    const found = gone.findIndex(({ item }) => same(item, each.item));
    if (found < 0) come.push(each);
    else gone.splice(found, 1);
  }
  if (gone.length === 0 && come.length === 0) {
    reordered(path, before, after, into);
    return;
  }
  const paired = gone.length === come.length && gone.every(({ item }) => item.kind === "map");
  if (paired) {
    for (const [at, { item }] of gone.entries()) {
      const other = come[at];
      if (other) compare(`${path}[${other.at}]`, item, other.item, into);
    }
    return;
  }
  for (const { at, item } of gone) into.push({ sign: "-", path: `${path}[${at}]`, value: text(item) });
  for (const { at, item } of come) into.push({ sign: "+", path: `${path}[${at}]`, value: text(item) });
}

/** The same elements in another order. */
function reordered(path: string, before: readonly Shown[], after: readonly Shown[], into: Draft[]): void {
  const first = before.findIndex((item, at) => !same(item, after[at] ?? NOTHING));
  into.push({
    sign: " ",
    path,
    value: `(the same ${before.length} elements in another order)`,
  });
  const last = before.findLastIndex((item, at) => !same(item, after[at] ?? NOTHING));
  const moved = (items: readonly Shown[]) => text({ kind: "list", items: items.slice(first, last + 1) });
  const [one, other] = [moved(before), moved(after)];
  const at = last - first === before.length - 1 ? path : `${path}[${first}…${last}]`;
  into.push({ sign: "-", path: at, value: one, other }, { sign: "+", path: at, value: other, other: one });
}

function indexed(items: readonly Shown[]): { at: number; item: Shown }[] {
  return items.map((item, at) => ({ at, item }));
}

/** Every attribute of a value that comes or goes as a whole. */
function spread(sign: DiffLine["sign"], path: string, value: Shown, into: Draft[]): void {
  if (isEmpty(value)) return;
  if (value.kind === "map" && value.entries.size > 0) {
    for (const [key, each] of value.entries) spread(sign, join(path, key), each, into);
    return;
  }
  if (value.kind === "list" && value.items.some(({ kind }) => kind === "map" || kind === "list")) {
    for (const [at, each] of value.items.entries()) spread(sign, `${path}[${at}]`, each, into);
    return;
  }
  into.push({ sign, path, value: text(value) });
}

function join(path: string, key: string): string {
  const name = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
  return path === "" ? name : `${path}.${name}`;
}

/** A value in one line. */
function text(value: Shown): string {
  switch (value.kind) {
    case "sensitive":
      return "(sensitive value)";
    case "unknown":
      return UNKNOWN;
    case "leaf":
      return exactNumber(value.value) ?? JSON.stringify(value.value);
    case "list":
      return `[${value.items.map(text).join(", ")}]`;
    case "map":
      return `{${[...value.entries].map(([key, each]) => `${JSON.stringify(key)}: ${text(each)}`).join(", ")}}`;
  }
}

/** The whole of a text, or its beginning and how much more there is. */
function short(line: string, { value }: DiffLimits): string {
  return cutAroundChange(line, "", value)[0];
}
