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
  const lines = plain(output)
    .split("\n")
    .map((line) => line.replace(/^\s*[│╷╵]\s?/, "").trimEnd());
  const found: string[][] = [];
  for (const line of lines) {
    if (/^Error: /.test(line)) found.push([line]);
    else if (/^Warning: /.test(line)) found.push([]);
    else found.at(-1)?.push(line);
  }
  return found
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
