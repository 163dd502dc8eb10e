import wrapAnsi from "wrap-ansi";
import { Line } from "./line";

/**
 * A line as several of at most so many columns. No word is broken: one that is longer stands in a line of its own. What
 * goes on in the next line is indented.
 *
 * @param hang - columns by which the next lines stand further to the right than the first.
 */
export function wrapped(line: Line, columns: number, hang = 2): readonly Line[] {
  return Line.wrapped(line, (text) => {
    const indent = /^ */.exec(text)?.[0] ?? "";
    const [first = "", ...rest] = wrap(text.slice(indent.length), columns - indent.length);
    if (rest.length === 0) return [text];
    const next = " ".repeat(indent.length + hang);
    // The rest once more: it has less room.
    const words = wrap(rest.join(" "), columns - next.length);
    return [`${indent}${first}`, ...words.map((one) => `${next}${one}`)];
  });
}

function wrap(text: string, columns: number): readonly string[] {
  return wrapAnsi(text, Math.max(10, columns), { hard: false, trim: true }).split("\n");
}
