/** A number with its noun, e.g. `1 stack` or `3 stacks`. */
export function pluralize(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
