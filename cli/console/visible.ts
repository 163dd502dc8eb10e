import { stripVTControlCharacters } from "node:util";

/**
 * What strangers wrote as text: names of branches and stacks, locks, pins, answers of AWS, what a program prints. None
 * of it moves a cursor, sets a title or a clipboard, hides, or turns the direction of what stands beside it.
 *
 * Lines stay: a carriage return, which would write over a line, begins the next one.
 */
export function visible(text: string): string {
  if (/^[ -~\n]*$/.test(text)) return text;
  return (
    stripVTControlCharacters(text.replaceAll(STRINGS, ""))
      .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
      .replaceAll(/[\t\u2800]/g, " ")
      .replaceAll(/\p{Cs}/gu, "\ufffd")
      // The one that makes an emoji of the sign before it may stay there.
      .replaceAll(
        /(?<!\p{Extended_Pictographic})\ufe0f|(?!\n|\ufe0f)[\p{C}\p{Default_Ignorable_Code_Point}]/gu,
        "",
      )
      // Combining marks, heaped up, reach into other lines.
      .replaceAll(/(\p{M}{2})\p{M}+/gu, "$1")
  );
}

/** The same in one line. */
export function inOneLine(text: string): string {
  return visible(text).replaceAll("\n", " ");
}

/** Control strings (OSC, DCS, APC, PM, SOS) in their forms of two bytes and of one, up to their end or the line's. */
const STRINGS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they begin and end with one
  /(?:\u001b[PX^_\]]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\r\n]*(?:\u0007|\u001b\\|\u009c)?/g;

/**
 * Lines that no runner of jobs takes for a command: GitHub reads `::name::` at the beginning of a line and `##[name]`
 * anywhere in it, Azure DevOps `##vso[name]`.
 */
export function withoutCommands(text: string): string {
  return text.replaceAll(/^((?:\s|\p{Cc}\[\d+m)*):(?=:)/gmu, "$1: ").replaceAll(/##(?=[\w.-]*\[)/g, "# #");
}

/** A document in JSON, with everything that is not visible written as `\u….`: the same value. */
export function jsonText(value: unknown, indent = 2): string {
  return visibleJson(JSON.stringify(value, null, indent) ?? "null");
}

/** A text in JSON of the same value, without anything that a terminal or a job's log would act upon. */
export function visibleJson(text: string): string {
  return withEscapes(text.replaceAll(/\r\n?/g, "\n"))
    .replaceAll(/^(\s*):(?=:)/gm, `$1${escapeOf(":".charCodeAt(0))}`)
    .replaceAll(/(##[\w.-]*)\[/g, `$1${escapeOf("[".charCodeAt(0))}`);
}

/** A text in which everything that is not visible is written as `\u….`, but for ends of lines and tabs. */
export function withEscapes(text: string): string {
  if (/^[ -~\n\t]*$/.test(text)) return text;
  const escaped = (found: string) =>
    Array.from({ length: found.length }, (_, at) => escapeOf(found.charCodeAt(at))).join("");
  return text.replaceAll(/(?![\n\t])[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu, escaped);
}

function escapeOf(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
