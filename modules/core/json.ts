import { type App, Fn, Lazy } from "cdktf";

/**
 * A document as the JSON text that an argument takes.
 *
 * In Terraform JSON it is that text. In HCL it is a call of `jsonencode`, because CDKTF 0.21 writes a
 * text that holds references between quotes without escaping those within.
 */
export function jsonText(document: object): string {
  return Lazy.stringValue({
    produce: ({ scope }) => (isHcl(scope.node.root) ? Fn.jsonencode(document) : JSON.stringify(document)),
  });
}

/** Whether an app synthesizes to HCL. */
export function isHcl(root: object): boolean {
  return (root as Partial<App>).hclOutput === true;
}
