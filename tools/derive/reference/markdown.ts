/** The first line of each generated page. */
export const GENERATED = "<!-- Made by `npm run derive`. Change the source, not this page. -->";

/** A Markdown table; without rows there is none. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A page of parts, those that are empty left out. */
export function page(...parts: readonly string[]): string {
  return `${[GENERATED, ...parts].filter((part) => part !== "").join("\n\n")}\n`;
}

/** Code within a line; a pipe in it must be escaped by {@link table}. */
export function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** The text of a docstring before its tags, as Markdown: links are code, and what looks like HTML is not. */
export function prose(doc: string): string {
  const text = doc.split(/(?:^|\s)@(?=default|throws|see|param|returns|deprecated)/)[0] ?? "";
  return text.replaceAll(/\{@link (\S+?)\}/g, "`$1`").trim();
}

/** The first paragraph of a docstring on one line, for a table. */
export function summary(doc: string): string {
  const [first = ""] = prose(doc).split(/\n\s*\n/);
  return plain(first.replaceAll(/\s+/g, " "));
}

/** A text in which what stands outside of code is no HTML. */
export function plain(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll("<", "&lt;")))
    .join("");
}

/** What a docstring says of the default: a value as code, words as words; undefined without it. */
export function defaultOf(doc: string): string | undefined {
  const found = /@default\s+([\s\S]*?)(?=\n\s*@|$)/.exec(doc)?.[1]?.replaceAll(/\s+/g, " ").trim();
  if (found === undefined) return undefined;
  const [, value = "", words] = /^(.*?)(?:(?:^|\s)- (.*))?$/.exec(found) ?? [];
  const shown = /^(?:"[^"]*"|\[.*\]|\{.*\}|[\w.]+)$/.test(value) ? code(value) : value;
  const said = words?.replaceAll(/\{@link (\S+?)\}/g, "`$1`");
  return plain([shown, said].filter((part) => part !== undefined && part !== "").join(": "));
}
