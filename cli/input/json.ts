import { InputError, type InputLimits, readInput } from "./file";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Deepest nesting that is read: what walks a value afterwards may go down by itself. */
export const DEEPEST = 500;

/**
 * Reads JSON that somebody else may have written.
 *
 * @throws InputError that says why it is none, or none that is taken: not UTF-8, or nested too deep.
 */
export function parseJson(content: string | Uint8Array): unknown {
  const text = typeof content === "string" ? content : decode(content);
  if (text.startsWith("\uFEFF"))
    throw new InputError("it begins with a byte order mark: save it without one");
  if (text.trim() === "") throw new InputError("it is empty");
  checkDepth(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`it is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** Reads a file of JSON. @throws InputError that says why it cannot be taken. */
export function readJson(path: string, limits: InputLimits): unknown {
  return parseJson(readInput(path, limits));
}

/** The text of some bytes. @throws InputError when they are not UTF-8. */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError("it is not UTF-8");
  }
}

/** Counts brackets outside of texts: a value that is nested too deep is not built at all. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') at = endOfText(text, at);
    else if (sign === "[" || sign === "{") depth += 1;
    else if (sign === "]" || sign === "}") depth -= 1;
    if (depth > DEEPEST) throw new InputError(`it is nested more than ${DEEPEST} levels deep`);
  }
}

/** Place of the quote that closes a text; the end of all where none does. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a JSON array. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A part of a value; undefined where it has none. */
export function at(value: unknown, key: string | number): Json | undefined {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string | number, Json>>)[key]
    : undefined;
}
