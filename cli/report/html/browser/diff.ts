import { counted, element } from "../../../page/browser/elements";
import type { PageLine } from "./page-data";

/** Lines that are drawn at once; a button draws the rest. */
const MOST_LINES = 1_500;

/** The lines of one resource's diff. */
export function diffOf(lines: readonly PageLine[]): HTMLElement {
  const box = element("div", { class: "diff" });
  let drawn = 0;
  const draw = (count: number) => {
    const end = Math.min(lines.length, drawn + count);
    const made: Node[] = [];
    for (; drawn < end; drawn += 1) {
      const line = lines[drawn];
      if (line) made.push(diffLine(line, counterpartOf(lines, drawn)));
    }
    box.append(...made);
  };
  draw(MOST_LINES);
  if (drawn < lines.length) {
    const more = element(
      "button",
      {
        type: "button",
        click: () => {
          more.remove();
          draw(Number.POSITIVE_INFINITY);
        },
      },
      `Show ${counted(lines.length - drawn, "more line")}`,
    );
    box.append(more);
  }
  return box;
}

/** The other side of an attribute that was one value and becomes another: its line stands before or behind. */
function counterpartOf(lines: readonly PageLine[], at: number): string | undefined {
  const line = lines[at];
  const other = line?.[0] === "-" ? lines[at + 1] : line?.[0] === "+" ? lines[at - 1] : undefined;
  if (!line || !other || other[0] === " " || other[0] === line[0]) return undefined;
  return other[1] === line[1] && (other[3] === "text") === (line[3] === "text") ? other[2] : undefined;
}

const SIGN_WORDS: Readonly<Record<string, string>> = { "+": "added", "-": "removed" };

function diffLine([sign, path, value, kind]: PageLine, other: string | undefined): HTMLElement {
  const mark = sign === "-" ? "\u2212" : sign;
  const parts: (Node | string)[] = [element("span", { class: "sign" }, mark)];
  if (kind !== "text") parts.push(element("span", { class: "path" }, path), " = ");
  parts.push(...valueParts(value, other));
  if (kind === "forces") parts.push(" ", element("span", { class: "forces" }, "# forces replacement"));
  const name = SIGN_WORDS[sign] ?? "same";
  return element("div", { class: `line ${name}${kind === "text" ? " text" : ""}` }, ...parts);
}

/** A value with what differs from its other side marked. */
function valueParts(value: string, other: string | undefined): readonly (Node | string)[] {
  if (other === undefined || value === other) return [value];
  const most = Math.min(value.length, other.length);
  let start = 0;
  while (start < most && value[start] === other[start]) start += 1;
  let end = 0;
  while (end < most - start && value[value.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  // Little in common: the whole value is the change.
  if (start + end < most * 0.4) return [value];
  // No half of a letter that two units make.
  if (/[\ud800-\udbff]$/.test(value.slice(0, start))) start -= 1;
  if (/^[\udc00-\udfff]/.test(value.slice(value.length - end))) end -= 1;
  const middle = value.slice(start, value.length - end);
  if (middle === "") return [value];
  return [value.slice(0, start), element("mark", {}, middle), value.slice(value.length - end)];
}
