import type { PageChange } from "./page-data";

/** The permanent link of a resource in a stack, which does not depend on what else is in the report. */
export function linkToResource(
  stack: string,
  { address, part }: Pick<PageChange, "address" | "part">,
): string {
  return `#/${[stack, address, ...(part === undefined ? [] : [part])].map(encodeURIComponent).join("/")}`;
}

/** The link that shows the resources of a stack. */
export function linkToStack(stack: string): string {
  return `#?${new URLSearchParams({ stack })}`;
}
