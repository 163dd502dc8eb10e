import { type App, Fn, Lazy } from "cdktf";

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
    produce: ({ scope }) => (isHcl(scope.node.root) ? Fn.jsonencode(document) : JSON.stringify(document)),
  });
  documents.set(text, document);
  return text;
}

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
