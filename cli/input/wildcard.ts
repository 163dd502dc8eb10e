/**
 * A pattern in which `*` stands for any text, as the source of a regular expression.
 *
 * @param any - what matches any text. @default ".*"
 */
export function wildcard(pattern: string, any = ".*"): string {
  return pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", any);
}
