import { marked, type Token } from "marked";

/** Everything that a reader's browser would make of it, in order. */
export function tokens(text: string): readonly Token[] {
  const all: Token[] = [];
  marked.walkTokens(marked.lexer(text), (token) => {
    all.push(token);
  });
  return all;
}

const HTML = /^(?:<details><summary>(?:<code>(?:[^<>]|&#\d+;)*<\/code>|[^<>])*<\/summary>|<\/details>)\s*$/;

/**
 * What a hostile name would want to be: markup, a link, a mention, a heading of its own.
 *
 * @param links - where links of ours lead.
 */
export function escapes(text: string, links = /^https:\/\/github\.com\/a\/b\/actions/): readonly string[] {
  return tokens(text).flatMap((token): string[] => {
    if (token.type === "html" && !HTML.test(token.raw)) return [`html ${token.raw}`];
    if (token.type === "link" && !links.test(token.href)) return [`link ${token.raw}`];
    if (token.type === "image" || token.type === "blockquote" || token.type === "hr") return [token.raw];
    if (token.type === "heading" && !/^(##|###) /.test(token.raw)) return [`heading ${token.raw}`];
    if (token.type === "text" && !("tokens" in token && token.tokens) && /[@#]\w|<|https?:/.test(token.raw))
      return [`text ${token.raw}`];
    return [];
  });
}

/** Names that want to be more than text. */
export const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "</details></summary><script>alert(1)</script>",
  "```\n</details>\n# heading",
  "`` ` ``",
  "@octocat @org/team #1 GH-1 a/b#2",
  "[link](javascript:alert(1)) ![i](http://e.x/p.png) http://e.x www.e.x <http://e.x>",
  "a|b|c \\| d\\",
  "\u001b[31mred\u001b]8;;http://e.x\u0007link\u001b]8;;\u0007\u009b31m",
  "\u202egnp.exe\u2066 zero\u200bwidth\ufeff",
  "\ud800 lone \u0000 nul \r\n\r\n- [ ] list",
  "<!-- groundplan -->",
  "x".repeat(100_000),
  "`".repeat(5_000),
  "$x$ :tada: ~~s~~ **b** _i_ &amp; &#64;octocat",
  "2026. list\n===\n---\n> quote",
];
