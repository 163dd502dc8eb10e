import { inOneLine } from "../console/visible";
import type { Markdown, Plain } from "./markup";

/**
 * Names and values come from pull requests, providers and AWS. Whatever they hold, a reader sees it as text:
 * no markup, no link, no mention, no colour, nothing that hides or reverses what stands beside it.
 */

/** Characters of a name that are shown. */
const LONGEST = 160;

/**
 * The one function that every text of others goes through: the ways into a page below call it, and a page takes nothing
 * else (markup.ts). Text in one line without anything that a terminal or a browser would act upon, cut in its middle.
 *
 * @param most - characters that are kept, at least 20.
 */
export function clean(text: string, most = LONGEST): Plain {
  return cut(text, most) as Plain;
}

function cut(text: string, most: number): string {
  if (text.length <= most && /^[!-~]*(?: [!-~]+)*$/.test(text)) return text;
  // A text that is very long is cut before it is searched, and once more when it is clean.
  const line = inOneLine(
    text.length > 8 * most ? `${text.slice(0, 4 * most)} … ${text.slice(-4 * most)}` : text,
  )
    .replaceAll(/\s+/g, " ")
    .trim();
  const letters = [...line];
  if (letters.length <= most) return line;
  const half = Math.floor((most - 3) / 2);
  return `${letters.slice(0, half).join("")} … ${letters.slice(-half).join("")}`;
}

/** Text of several lines, each of them clean. */
export function cleanLines(text: string, most = 400): readonly Plain[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => cleanLine(line, most));
}

/** A line of a text: clean, with up to 16 spaces before it. */
export function cleanLine(line: string, most = 400): Plain {
  const indent = /^ {0,16}/.exec(line)?.[0] ?? "";
  return `${indent}${clean(line, most)}`.trimEnd() as Plain;
}

/** A name as code in a line of Markdown. */
export function code(text: string, most = LONGEST): Markdown {
  const line = clean(text, most) || " ";
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const ticks = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${ticks}${pad}${line}${pad}${ticks}` as Markdown;
}

/** A name as code in a cell of a table, where even in code a bar would begin the next cell. */
export function cell(text: string): Markdown {
  return code(clean(text, 80).replaceAll("|", "\u2223").replaceAll("\\", "\u2216"));
}

/** A name as code in HTML. */
export function html(text: string, most = LONGEST): Markdown {
  return `<code>${entities(clean(text, most))}</code>` as Markdown;
}

function entities(text: string): string {
  return text.replaceAll(/[&<>"'@`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A sentence: as it is when it holds words only, else as code. */
export function sentence(text: string, most = 400): Markdown {
  const line = clean(text, most);
  const words = /^[A-Za-z0-9 ,.;:()'/_*-]*$/.test(line);
  // Links, issues, emoji and commits that GitHub would find in words.
  const linked = /:\/\/|www\.|GH-\d|:\w+:|[0-9a-f]{7}/i.test(line);
  return words && !linked ? (line.replaceAll(/[_*]/g, "\\$&") as Markdown) : code(line, most);
}

/** Lines as a block of code. */
export function fenced(lines: readonly Plain[], language = ""): Markdown {
  const ticks = fenceOf(lines);
  return `${ticks}${language}\n${lines.join("\n")}\n${ticks}` as Markdown;
}

/** A fence that none of some lines can close. */
function fenceOf(lines: readonly string[]): string {
  let longest = 2;
  for (const line of lines) {
    for (const run of line.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  }
  return "`".repeat(longest + 1);
}

/** Bytes of a text in UTF-8. */
export function bytes(text: string): number {
  return Buffer.byteLength(text);
}
