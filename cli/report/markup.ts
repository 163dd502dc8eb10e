declare const WRITTEN: unique symbol;

/**
 * Markdown of ours. Only {@link md} and what makes code of a text give it, so that a name or a value of others, which
 * may hold anything, cannot be put into a page as it is: that does not compile.
 */
export type Markdown = string & { readonly [WRITTEN]: "markdown" };

/** One line of text, within which nothing acts upon a terminal or a browser; only `clean` and {@link plain} give it. */
export type Plain = string & { readonly [WRITTEN]: "plain" };

/** Our words, with numbers and with what `code` and its like have made of others' texts: md`**${code(name)}**`. */
export function md(literals: TemplateStringsArray, ...values: readonly (Markdown | number)[]): Markdown {
  return String.raw({ raw: literals }, ...values) as Markdown;
}

/** Parts of a page as one. */
export function joinMarkdown(parts: readonly Markdown[], separator: string): Markdown {
  return parts.join(separator) as Markdown;
}

/** A line of a block of code, of our words and of texts that are clean. */
export function plain(literals: TemplateStringsArray, ...values: readonly (Plain | number)[]): Plain {
  return String.raw({ raw: literals }, ...values) as Plain;
}

/** Lines of a block of code as one text. */
export function plainLines(lines: readonly Plain[]): Plain {
  return lines.join("\n") as Plain;
}
