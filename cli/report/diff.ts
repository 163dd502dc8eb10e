import { isEmpty, NOTHING, type Shown, same } from "./values";

/** A line of a diff: what an attribute was, or what it becomes. */
export interface DiffLine {
  readonly sign: "+" | "-";

  /** Path of the attribute, e.g. `ingress[1].cidr_blocks`. */
  readonly path: string;

  /** Its value, ready to be shown: secrets are masked. */
  readonly value: string;
}

/** Shown for a value that only an apply knows. */
export const UNKNOWN = "(known after apply)";

/** Lines of one resource that are kept; the rest is counted. */
const MOST_LINES = 300;

/** Characters of a value that are kept, in the middle of it the rest is counted. */
const LONGEST_VALUE = 400;

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
): { lines: readonly DiffLine[]; more: number } {
  const all: DiffLine[] = [];
  compare("", before, after, all);
  const lines = all.slice(0, MOST_LINES).map(({ sign, path, value }) => ({
    sign,
    // An output that is no map has no attribute to name.
    path: path === "" ? "value" : short(mask(path)),
    // Masked before it is cut, so that no half of a secret stays.
    value: short(mask(value)),
  }));
  return { lines, more: Math.max(0, all.length - MOST_LINES) };
}

function compare(path: string, before: Shown, after: Shown, into: DiffLine[]): void {
  if (same(before, after)) return;
  if (before.kind === "map" && after.kind === "map") compareMaps(path, before, after, into);
  else if (before.kind === "list" && after.kind === "list") {
    compareLists(path, before.items, after.items, into);
  } else {
    spread("-", path, before, into);
    spread("+", path, after, into);
  }
}

type MapValue = Extract<Shown, { kind: "map" }>;

function compareMaps(path: string, before: MapValue, after: MapValue, into: DiffLine[]): void {
  const keys = [...new Set([...before.entries.keys(), ...after.entries.keys()])];
  for (const key of keys) {
    compare(join(path, key), before.entries.get(key) ?? NOTHING, after.entries.get(key) ?? NOTHING, into);
  }
}

/**
 * Lists are compared as bags: a plan does not say which of them are sets, and an element that comes in
 * front would otherwise change every index behind it.
 */
function compareLists(
  path: string,
  before: readonly Shown[],
  after: readonly Shown[],
  into: DiffLine[],
): void {
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
    into.push({ sign: "-", path, value: text({ kind: "list", items: before }) });
    into.push({ sign: "+", path, value: text({ kind: "list", items: after }) });
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

function indexed(items: readonly Shown[]): { at: number; item: Shown }[] {
  return items.map((item, at) => ({ at, item }));
}

/** Every attribute of a value that comes or goes as a whole. */
function spread(sign: DiffLine["sign"], path: string, value: Shown, into: DiffLine[]): void {
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
      return JSON.stringify(value.value);
    case "list":
      return `[${value.items.map(text).join(", ")}]`;
    case "map":
      return `{${[...value.entries].map(([key, each]) => `${JSON.stringify(key)}: ${text(each)}`).join(", ")}}`;
  }
}

function short(line: string): string {
  if (line.length <= LONGEST_VALUE) return line;
  const half = LONGEST_VALUE / 2;
  return `${line.slice(0, half)} … ${line.length - LONGEST_VALUE} characters … ${line.slice(-half)}`;
}
