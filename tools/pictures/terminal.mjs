// A terminal's screen as HTML, with the colours of what was printed.
import * as xterm from "@xterm/headless";
import { escapeHtml, page } from "./page.mjs";

const COLUMNS = 110;

// A CommonJS package, which jest loads as one, and Node as the default of a module.
const { Terminal } = /** @type {{ default?: typeof xterm }} */ (xterm).default ?? xterm;

/**
 * The page of a terminal.
 *
 * @param {string} command - what was typed.
 * @param {string} output - what a program wrote to the terminal, with its control characters.
 * @param {number} most - lines that are shown.
 */
export async function terminalPage(command, output, most) {
  const lines = await screenOf(output);
  const shown = lines.length > most ? [...lines.slice(0, most), '<span class="dim">…</span>'] : lines;
  return page(`$ <b>${escapeHtml(command)}</b>`, `<pre class="terminal">${shown.join("\n")}</pre>`);
}

/**
 * What a terminal shows in the end: lists that were drawn anew stand there once.
 *
 * @param {string} output
 * @returns {Promise<string[]>} HTML of each line, without empty ones around.
 */
export async function screenOf(output) {
  const terminal = new Terminal({
    cols: COLUMNS,
    rows: 60,
    scrollback: 10_000,
    allowProposedApi: true,
  });
  await new Promise((resolve) => terminal.write(output, () => resolve(undefined)));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, row) => lineOf(active.getLine(row)));
  terminal.dispose();
  const first = lines.findIndex((line) => line !== "");
  const last = lines.findLastIndex((line) => line !== "");
  return lines.slice(Math.max(first, 0), last + 1);
}

/** @param {import("@xterm/headless").IBufferLine | undefined} line */
function lineOf(line) {
  /** @type {{ style: string; text: string }[]} */
  const parts = [];
  for (let column = 0; column < (line?.length ?? 0); column += 1) {
    const cell = line?.getCell(column);
    if (!cell || cell.getWidth() === 0) continue;
    const style = [
      cell.isBold() ? "bold" : "",
      cell.isDim() ? "dim" : "",
      cell.isFgPalette() ? `c${cell.getFgColor()}` : "",
    ]
      .filter((name) => name !== "")
      .join(" ");
    const text = cell.getChars() || " ";
    const last = parts.at(-1);
    if (last?.style === style) last.text += text;
    else parts.push({ style, text });
  }
  const html = parts.map(({ style, text }) =>
    style ? `<span class="${style}">${escapeHtml(text)}</span>` : escapeHtml(text),
  );
  return html.join("").trimEnd();
}
