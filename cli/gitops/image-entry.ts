import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** What a Kustomize file says of an image, beside its name. */
export interface ImageEntry {
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

/** An image by its name in a Kustomize file. */
export interface ImageAt {
  /** Path of the file, for messages. */
  readonly file: string;

  /** The name that the manifests write. */
  readonly image: string;
}

/** What a Kustomize file says of an image. @throws CliError when it says nothing of it, or is no YAML. */
export function readImage(text: string, at: ImageAt): ImageEntry {
  return entryOf(findImage(parse(text, at.file), at).toJSON() as Record<string, unknown>);
}

/** Whether two entries lead to the same image. */
export function isSameImage(one: ImageEntry, other: ImageEntry): boolean {
  // Kustomize takes the digest where both are.
  const key = ({ newName, newTag, digest }: ImageEntry) => [newName, digest ?? newTag, digest === undefined];
  return isDeepStrictEqual(key(one), key(other));
}

/**
 * A Kustomize file in which an image is another. Only the values of that image change: order, comments, quotes and
 * indentation of all else stay byte by byte.
 *
 * @throws CliError when the file does not have the image once, and says what to write.
 */
export function writeImage(text: string, at: ImageAt, entry: ImageEntry): string {
  const document = parse(text, at.file);
  const map = findImage(document, at);
  const written = Object.entries(entryOf(map.toJSON() as Record<string, unknown>));
  const wanted = Object.entries(entry).filter(([, value]) => value !== undefined);
  if (isDeepStrictEqual(Object.fromEntries(written), Object.fromEntries(wanted))) return text;
  const edited = map.flow ? rewriteFlow(text, map, entry) : rewriteBlock(text, map, entry);
  checkOnlyImage(document, edited, at, entry);
  return edited;
}

const KEYS = ["newName", "newTag", "digest"] as const;

function entryOf(values: Readonly<Record<string, unknown>>): ImageEntry {
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = values[key];
      return value === undefined || value === null ? [] : [[key, String(value)]];
    }),
  );
}

/** A Kustomize file from which nothing can be read. */
export class DamagedFile extends CliError {
  constructor(what: string) {
    super(EXIT.USAGE, what, "mend it first");
  }
}

function parse(text: string, file: string): Document {
  const document = parseDocument(text) as Document;
  const [error] = document.errors;
  if (error) throw new DamagedFile(`${file} is no YAML: ${error.message.split("\n")[0]}`);
  if (contentOf(document) === undefined) throw new DamagedFile(`${file} has an alias that leads nowhere`);
  return document;
}

/** What a document says; undefined when an alias of it leads nowhere, or to too much. */
function contentOf(document: Document): unknown {
  try {
    return JSON.parse(JSON.stringify(document.toJS() ?? {}));
  } catch {
    return undefined;
  }
}

function findImage(document: Document, { file, image }: ImageAt): YAMLMap {
  const list = document.get("images", true);
  const items = isSeq(list) ? list.items.filter((item): item is YAMLMap => isMap(item)) : [];
  const found = items.filter((item) => item.get("name") === image);
  const [first] = found;
  if (first && found.length === 1) return first;
  if (found.length > 1) {
    throw new CliError(
      EXIT.USAGE,
      `${file} has image ${JSON.stringify(image)} ${found.length} times in "images"`,
      "leave one of them",
    );
  }
  const names = items.flatMap((item) => (typeof item.get("name") === "string" ? [item.get("name")] : []));
  throw new CliError(
    EXIT.USAGE,
    `${file} has no image ${JSON.stringify(image)} in "images"${names.length > 0 ? `, only ${names.join(", ")}` : ""}`,
    "write it with the name that the manifests have:",
    "images:",
    `- name: ${image}`,
    "  newName: 123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/app",
    `  digest: sha256:${"0".repeat(64)}`,
  );
}

/** A part of a text and what stands there instead. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function rewriteBlock(text: string, map: YAMLMap, entry: ImageEntry): string {
  const edits: Edit[] = [];
  const missing = KEYS.filter((key) => entry[key] !== undefined && !pairOf(map, key));
  // A digest takes the place of a tag, and a tag that of a digest.
  const spare = KEYS.filter((key) => entry[key] === undefined && pairOf(map, key));
  for (const key of KEYS) {
    const pair = pairOf(map, key);
    const value = entry[key];
    if (!pair || value === undefined || String((pair.value as { value?: unknown }).value) === value) continue;
    edits.push({ ...valueRange(pair), text: value });
  }
  for (const key of spare) {
    const pair = pairOf(map, key);
    if (!pair) continue;
    const instead = missing.shift();
    edits.push(
      instead
        ? { start: keyStart(pair), end: valueRange(pair).end, text: `${instead}: ${entry[instead]}` }
        : lineOf(text, keyStart(pair), valueRange(pair).end),
    );
  }
  const last = pairOf(map, "newName") ?? pairOf(map, "name");
  if (last && missing.length > 0) {
    const end = lineEnd(text, valueRange(last).end);
    const indent = " ".repeat(keyStart(last) - (text.lastIndexOf("\n", keyStart(last) - 1) + 1));
    edits.push({ start: end, end, text: missing.map((key) => `\n${indent}${key}: ${entry[key]}`).join("") });
  }
  return applied(text, edits);
}

/** `{ name: app, newTag: 1.0.0 }`. */
function rewriteFlow(text: string, map: YAMLMap, entry: ImageEntry): string {
  const values = map.toJSON() as Record<string, unknown>;
  const kept = Object.entries(values).filter(([key]) => !(KEYS as readonly string[]).includes(key));
  const all = [...kept, ...KEYS.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]]))];
  const parts = all.map(
    ([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const [start, end] = rangeOf(map);
  return applied(text, [{ start, end, text: `{ ${parts.join(", ")} }` }]);
}

function pairOf(map: YAMLMap, name: string): Pair<Node, Node> | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name) as Pair<Node, Node> | undefined;
}

function rangeOf(node: unknown): readonly [number, number] {
  const { range } = node as { range?: readonly [number, number, number] | null };
  if (!range) throw new Error("a YAML node without a place");
  return [range[0], range[1]];
}

function keyStart(pair: Pair<Node, Node>): number {
  return rangeOf(pair.key)[0];
}

function valueRange(pair: Pair<Node, Node>): { readonly start: number; readonly end: number } {
  const [start, end] = rangeOf(pair.value ?? pair.key);
  return { start, end };
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  const found = end === -1 ? text.length : end;
  return text[found - 1] === "\r" ? found - 1 : found;
}

/** The whole lines of a part, gone. */
function lineOf(text: string, start: number, end: number): Edit {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const dash = /^(\s*-\s+)/.exec(text.slice(lineStart, start));
  // The first key stands behind the item's dash: the next one moves there.
  if (dash) {
    const next = /\S/.exec(text.slice(lineEnd(text, end)));
    return { start, end: lineEnd(text, end) + (next?.index ?? 0), text: "" };
  }
  return { start: lineStart === 0 ? 0 : lineStart - 1, end: lineEnd(text, end), text: "" };
}

function applied(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((one, other) => other.start - one.start)
    .reduce((done, { start, end, text: part }) => `${done.slice(0, start)}${part}${done.slice(end)}`, text);
}

/** @throws CliError when an edit came out as anything but the image's new values, e.g. where a value has an anchor. */
function checkOnlyImage(before: Document, edited: string, at: ImageAt, entry: ImageEntry): void {
  const wanted = contentOf(before) as { images: Record<string, unknown>[] };
  wanted.images = wanted.images.map((item) => {
    if (item?.name !== at.image) return item;
    const rest = Object.fromEntries(Object.entries(item).filter(([key]) => !KEYS.some((one) => one === key)));
    return { ...rest, ...entry };
  });
  const after = parseDocument(edited) as Document;
  if (after.errors.length === 0 && isDeepStrictEqual(contentOf(after), wanted)) return;
  throw new CliError(
    EXIT.USAGE,
    `image ${JSON.stringify(at.image)} of ${at.file} cannot be changed without touching something else`,
    "write its values in lines of their own, without anchors and tags of YAML",
  );
}
