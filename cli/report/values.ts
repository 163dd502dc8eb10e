import { parse as parseYaml } from "yaml";
import { withExactNumbers } from "../input/exact-numbers";
import { isArray, isObject, type Json } from "../input/json";
import { Remembered } from "../input/remembered";

/**
 * A value as it may be shown: what is secret or not yet known is a node without content.
 *
 * Secrets can be compared, so that a change of one is seen, but not read.
 */
export type Shown =
  | { readonly kind: "sensitive"; same(other: Shown): boolean }
  | { readonly kind: "unknown" }
  | { readonly kind: "leaf"; readonly value: null | boolean | number | string }
  | { readonly kind: "list"; readonly items: readonly Shown[]; readonly document?: TextDocument }
  | { readonly kind: "map"; readonly entries: ReadonlyMap<string, Shown>; readonly document?: TextDocument };

/** The text of a document in a string, e.g. a policy or Helm values. */
export interface TextDocument {
  readonly format: "json" | "yaml";
  readonly text: string;
}

/** Which parts of a value are secret, and which are not yet known; both of the value's own shape. */
export interface Marks {
  readonly sensitive?: Json | undefined;
  readonly unknown?: Json | undefined;
}

/** A value with its marks applied. */
export function shown(value: Json | undefined, { sensitive, unknown }: Marks): Shown {
  if (sensitive === true && value !== null && value !== undefined) return secret(value);
  if (unknown === true) return { kind: "unknown" };
  if (isArray(value) || (value == null && isArray(unknown) && unknown.length > 0)) {
    const length = Math.max(isArray(value) ? value.length : 0, isArray(unknown) ? unknown.length : 0);
    const items = Array.from({ length }, (_, at) =>
      shown(isArray(value) ? value[at] : undefined, {
        sensitive: isArray(sensitive) ? sensitive[at] : undefined,
        unknown: isArray(unknown) ? unknown[at] : undefined,
      }),
    );
    return { kind: "list", items };
  }
  if (isObject(value) || (value == null && isObject(unknown) && Object.keys(unknown).length > 0)) {
    const entries = new Map<string, Shown>();
    const take = (key: string) =>
      entries.set(
        key,
        shown(isObject(value) ? value[key] : undefined, {
          sensitive: isObject(sensitive) ? sensitive[key] : undefined,
          unknown: isObject(unknown) ? unknown[key] : undefined,
        }),
      );
    if (isObject(value)) for (const key of Object.keys(value)) take(key);
    if (isObject(unknown)) for (const key of Object.keys(unknown)) if (!entries.has(key)) take(key);
    return { kind: "map", entries };
  }
  return leaf(value);
}

/** Texts that were read: a plan has the same policy in many resources, before and after. */
const texts = new Remembered<Shown>();

/** A leaf; a document in a string, e.g. a policy or Helm values, becomes what it holds. */
function leaf(value: Json | undefined): Shown {
  if (typeof value === "string") {
    const known = texts.get(value);
    if (known) return known;
    const read = textShown(value);
    texts.set(value, read);
    return read;
  }
  if (value === undefined || isArray(value) || isObject(value)) return { kind: "leaf", value: null };
  return { kind: "leaf", value };
}

function textShown(value: string): Shown {
  const document = documentOf(value);
  if (!document) return { kind: "leaf", value };
  const inner = shown(document.content, {});
  if (inner.kind === "map" || inner.kind === "list") return { ...inner, document: document.document };
  return { kind: "leaf", value };
}

/** Characters of the longest text that is read as YAML. */
const LONGEST_YAML = 200_000;

function documentOf(text: string): { content: Json; document: TextDocument } | undefined {
  if (/^\s*[{[]/.test(text)) {
    const content = parse(text);
    return isObject(content) || isArray(content)
      ? { content, document: { format: "json", text } }
      : undefined;
  }
  // One line is a sentence sooner than a document.
  if (!text.includes("\n") || text.length > LONGEST_YAML) return undefined;
  if (!/^(?:---|#[^!\n]*|- .*|[\w."'/-]+:(?: .*)?)$/m.test(text)) return undefined;
  try {
    const content = parseYaml(text, { logLevel: "silent" }) as Json;
    return isObject(content) || isArray(content)
      ? { content, document: { format: "yaml", text } }
      : undefined;
  } catch {
    return undefined;
  }
}

/** What JSON text holds; undefined when it is none. */
export function parse(text: string): Json | undefined {
  try {
    return JSON.parse(withExactNumbers(text)) as Json;
  } catch {
    return undefined;
  }
}

const contents = new WeakMap<Shown, string>();

function secret(value: Json | undefined): Shown {
  const node: Shown = {
    kind: "sensitive",
    same: (other) => contents.get(node) === contents.get(other),
  };
  contents.set(node, JSON.stringify(value ?? null));
  return node;
}

/** Whether there is nothing in a value: providers write null, "" and {} for the same absence. */
export function isEmpty(value: Shown | undefined): boolean {
  if (value === undefined) return true;
  if (value.kind === "leaf") return value.value === null || value.value === "";
  if (value.kind === "list") return value.items.length === 0;
  return value.kind === "map" && value.entries.size === 0;
}

/** Whether two values are the same to a reader. */
export function same(a: Shown, b: Shown): boolean {
  if (a === b && a.kind !== "unknown") return true;
  if (a === b && a.kind !== "unknown") return true;
  if (a.kind === "sensitive") return a.same(b);
  if (b.kind === "sensitive") return b.same(a);
  if (a.kind === "unknown" || b.kind === "unknown") return false;
  if (isEmpty(a) && isEmpty(b)) return true;
  const [one, other] = [yamlOf(a), yamlOf(b)];
  if (one !== undefined && other !== undefined) return one === other;
  if (a.kind === "leaf") return b.kind === "leaf" && a.value === b.value;
  if (a.kind === "list") {
    return (
      b.kind === "list" &&
      a.items.length === b.items.length &&
      a.items.every((item, at) => same(item, b.items[at] ?? NOTHING))
    );
  }
  if (b.kind !== "map") return false;
  const keys = new Set([...a.entries.keys(), ...b.entries.keys()]);
  return [...keys].every((key) => same(a.entries.get(key) ?? NOTHING, b.entries.get(key) ?? NOTHING));
}

/** The text of a YAML document: unlike JSON's, its order and its comments are somebody's. */
function yamlOf(value: Shown): string | undefined {
  const document = value.kind === "map" || value.kind === "list" ? value.document : undefined;
  return document?.format === "yaml" ? document.text : undefined;
}

/** No value. */
export const NOTHING: Shown = { kind: "leaf", value: null };
