import type { DiffLine } from "./diff";

/**
 * Lines without those of `tags_all` that `tags` says already: the provider computes it of the tags and of its own
 * `default_tags`, a change of which stays.
 */
export function withoutRepeatedTags(lines: readonly DiffLine[]): readonly DiffLine[] {
  const key = ({ sign, path, value }: DiffLine) => JSON.stringify([sign, path, value]);
  const said = new Set(lines.filter(({ path }) => isOf("tags", path)).map(key));
  if (said.size === 0) return lines;
  return lines.filter((line) => {
    if (!isOf("tags_all", line.path)) return true;
    const isComputed = line.path === "tags_all" && line.value === "(known after apply)";
    return !isComputed && !said.has(key({ ...line, path: line.path.replace("tags_all", "tags") }));
  });
}

function isOf(attribute: string, path: string): boolean {
  return path === attribute || path.startsWith(`${attribute}.`) || path.startsWith(`${attribute}[`);
}
