import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonText } from "../console/visible";

/** A page that needs nothing else than itself. */
export interface PageDocument {
  /** Our own words: the program writes a title of what is shown. */
  readonly title: string;

  /** Our own words, for a browser that runs no program. */
  readonly withoutProgram: string;
  readonly style: string;

  /** The program: folders of `cli/` with the names of modules, each after those that it imports. */
  readonly programs: readonly (readonly [folder: string, ...names: string[]])[];

  /** What is shown, as JSON. */
  readonly data: unknown;
}

/**
 * Such a page as HTML. Its markup, style and program are the same whatever it shows: what strangers wrote stands in one
 * block of JSON, and the program makes text of it, never markup. Its policy allows that one program and that one style
 * by their hashes, and no request.
 */
export function pageDocument({ title, withoutProgram, style, programs, data }: PageDocument): string {
  const script = scriptOf(programs);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<noscript><p>${withoutProgram}</p></noscript>
<script type="application/json" id="data">${embedded(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON of the same value that ends no element and begins none. */
function embedded(data: unknown): string {
  const escapes: Readonly<Record<string, string>> = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026" };
  return jsonText(data, 0).replaceAll(/[<>&]/g, (char) => escapes[char] ?? "");
}

const scripts = new Map<string, string>();

function scriptOf(programs: PageDocument["programs"]): string {
  const key = programs.join(" ");
  const known = scripts.get(key);
  if (known !== undefined) return known;
  const sources = programs.flatMap(([folder, ...names]) => names.map((name) => sourceOf(folder, name)));
  const script = `"use strict";(() => {\n${sources.join("\n")}\n})();`;
  scripts.set(key, script);
  return script;
}

/** A module's code, which stands beside those that it imports: without the words that say so. The build compiles it. */
function sourceOf(folder: string, name: string): string {
  const file = [join(__dirname, "..", folder), join(__dirname, "..", "dist", folder)]
    .map((path) => join(path, `${name}.js`))
    .find((path) => existsSync(path));
  if (file === undefined) throw new Error(`cli/${folder}/${name}.ts is not compiled\n  run: npm run build`);
  return readFileSync(file, "utf8").replaceAll(/^(?:import .*;\n|export (?=function|class|const))/gm, "");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
