// The comment on a pull request, as GitHub shows it.
import { marked } from "marked";
import { page } from "./page.mjs";

/**
 * The page of a comment. What is folded stays folded, as a reader finds it, but for one part.
 *
 * @param {string} markdown - what `groundplan report --format markdown` writes.
 * @param {string} [unfolded] - a text of the part that is shown.
 */
export function commentPage(markdown, unfolded) {
  const html = marked.parse(markdown.replaceAll(/<!--[\s\S]*?-->/g, ""), { gfm: true, async: false });
  const colored = html.replaceAll(
    /<code class="language-diff">([\s\S]*?)<\/code>/g,
    (_, /** @type {string} */ diff) => `<code>${diff.split("\n").map(colorOf).join("\n")}</code>`,
  );
  const opened = colored.replaceAll(/<details>[\s\S]*?<\/details>/g, (part) =>
    unfolded !== undefined && part.includes(unfolded) ? part.replace("<details>", "<details open>") : part,
  );
  return page("<b>github-actions</b> commented", `<div class="comment">${opened}</div>`);
}

/** @param {string} line - HTML of a line of a diff. */
function colorOf(line) {
  const color = { "+": "added", "-": "removed" }[line.slice(0, 1)];
  return color ? `<span class="${color}">${line}</span>` : line;
}
