/** A number with its noun, e.g. `1 stack` or `3 stacks`. */
export function pluralize(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Names in a line; of more than so many the first, and how many more there are. */
export function firstOf(names: readonly string[], most: number, separator = ", "): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(separator)}${more > 0 ? `, and ${more} more` : ""}`;
}

/** A size for people. */
export function megabytes(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
