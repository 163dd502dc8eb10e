import { plain } from "../process/run";

/** One error that Terraform printed. */
export interface Diagnostic {
  readonly summary: string;

  /** All of it, without the frame. */
  readonly text: string;

  /** Address that it is about, without an index; none when Terraform names none. */
  readonly address: string | undefined;
}

/** The errors in what Terraform printed. */
export function diagnosticsOf(output: string): readonly Diagnostic[] {
  return blocksOf(output)
    .filter(([first]) => first?.startsWith("Error: "))
    .map((block) => {
      const text = block.join("\n").trim();
      const address = /^\s*with ([^\s,]+),$/m.exec(text)?.[1];
      return {
        summary: (block[0] ?? "").replace(/^Error: /, ""),
        text,
        address: address?.replace(/\[[^\]]*\]$/, ""),
      };
    });
}

/** The warnings in what Terraform printed, each without the line of code that it shows. */
export function warningsOf(output: string): readonly string[] {
  return blocksOf(output)
    .filter(([first]) => first?.startsWith("Warning: "))
    .map((block) => {
      const [first = "", ...rest] = block.map((line) => line.trim());
      const place = rest.findIndex((line) => /^(?:on .* line \d+|with .*,$)/.test(line));
      const end = place < 0 ? rest : rest.slice(place).slice(rest.slice(place).indexOf("") + 1);
      return [first.replace(/^Warning: /, ""), ...end].filter((line) => line !== "").join(" ");
    });
}

/** Errors and warnings as Terraform frames them, line by line, without the frame. */
function blocksOf(output: string): readonly (readonly string[])[] {
  const lines = plain(output).split("\n");
  const found: string[][] = [];
  let isOpen = false;
  for (const line of lines) {
    const text = line.replace(/^\s*[│╷╵]\s?/, "").trimEnd();
    const begins = /^(?:Error|Warning): /.test(text);
    if (begins) found.push([text]);
    else if (isOpen) found.at(-1)?.push(text);
    // Without a frame a block goes on to the next one.
    isOpen = begins || (isOpen && !/^\s*╵/.test(line));
  }
  return found;
}
