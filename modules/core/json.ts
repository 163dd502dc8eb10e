import { type App, Fn, Lazy, Tokenization } from "cdktf";

/** The documents behind the texts that {@link jsonText} gave out, for rules that read what a policy says. */
const documents = new Map<string, object>();

/**
 * A document as the JSON text that an argument takes.
 *
 * In Terraform JSON it is that text. In HCL it is a call of `jsonencode`, because CDKTF 0.21 writes a
 * text that holds references between quotes without escaping those within.
 */
export function jsonText(document: object): string {
  const text = Lazy.stringValue({
    produce: ({ scope }) => (isHcl(scope.node.root) ? encodedJson(document) : JSON.stringify(document)),
  });
  documents.set(text, document);
  return text;
}

/**
 * A document as a call of `jsonencode`, for values that Terraform knows only when it applies.
 *
 * CDKTF 0.21 writes the quotes and backslashes of a text within a function as they are, which ends the text too early:
 * they are escaped before.
 */
export function encodedJson(document: object): string {
  return Fn.jsonencode(escaped(document));
}

/** What is to stand between quotes in HCL; CDKTF itself escapes line feeds and `${`. */
function escaped(value: unknown): unknown {
  if (typeof value === "string") return escapedText(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== "object" || value === null || Tokenization.isResolvable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [escapedText(key), escaped(one)]));
}

const escapedText = (text: string) =>
  text.replace(/["\\]/g, "\\$&").replaceAll("\r", "\\r").replaceAll("%{", "%%{");

/** The document behind a text: what {@link jsonText} was given, or what plain JSON says; undefined for anything else. */
export function documentOf(text: string): object | undefined {
  const known = documents.get(text);
  if (known) return known;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an app synthesizes to HCL. */
export function isHcl(root: object): boolean {
  return (root as Partial<App>).hclOutput === true;
}
