import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { inOneLine, visible } from "./visible";

/** Colours on a terminal, and none elsewhere or with `NO_COLOR`. */
const colors = pc.createColors(Boolean(process.stdout.isTTY) && !process.env.NO_COLOR);

/** What may stand in a line. A text is made visible, and keeps to the line; a line keeps its colours. */
export type Part = string | number | Line;

/**
 * A line for people. Only {@link line} and {@link paint} make one, so that whatever strangers wrote is text by the time
 * it is printed: nothing else can be said.
 */
export class Line {
  private constructor(private readonly written: string) {}

  /** @see line */
  static of(literals: TemplateStringsArray, values: readonly Part[]): Line {
    return new Line(literals.map((literal, at) => `${literal}${written(values[at] ?? "")}`).join(""));
  }

  /** A part in a colour. */
  static painted(color: (text: string) => string, part: Part): Line {
    return new Line(color(written(part)));
  }

  /** The same words in several lines. @param wrap - gives them, of the line with its colours. */
  static wrapped(one: Line, wrap: (text: string) => readonly string[]): readonly Line[] {
    return wrap(one.written).map((text) => new Line(text));
  }

  /** The line with its colours. */
  toString(): string {
    return this.written;
  }
}

/** A line of our words and of what others wrote: line`${paint.strong(name)} is held by ${who}`. */
export function line(literals: TemplateStringsArray, ...values: readonly Part[]): Line {
  return Line.of(literals, values);
}

/** Parts in one line. */
export function joined(parts: readonly Part[], separator: string): Line {
  return parts.reduce<Line>(
    (all, part, at) => (at === 0 ? line`${part}` : line`${all}${separator}${part}`),
    line``,
  );
}

/** Every line of a text, e.g. of an error. */
export function linesOf(text: string): readonly Line[] {
  return visible(text)
    .split("\n")
    .map((one) => line`${one}`);
}

const painter = (color: (text: string) => string) => (part: Part) => Line.painted(color, part);

/** The words of a line, by what they say. */
export const paint = {
  good: painter(colors.green),
  warning: painter(colors.yellow),
  bad: painter(colors.red),
  strong: painter(colors.bold),
  faint: painter(colors.dim),
};

function written(part: Part): string {
  return part instanceof Line ? part.toString() : inOneLine(String(part));
}

/** A part as wide as a column. */
export function padded(part: Part, width: number): Line {
  return line`${part}${" ".repeat(Math.max(0, width - widthOf(part)))}`;
}

/** Characters of a part that are seen. */
export function widthOf(part: Part): number {
  return stripVTControlCharacters(written(part)).length;
}
