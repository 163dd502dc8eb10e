import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonText } from "../../console/visible";
import type { Report } from "../model";
import type { PageData } from "./browser/page-data";
import { pageData } from "./data";
import { STYLE } from "./style";

/** The page's programs, in their order; the build makes them from `browser/`. */
const SCRIPTS = ["elements", "links", "diff", "graph", "resources", "sections", "page"];
const FOLDER =
  [join(__dirname, "browser"), join(__dirname, "..", "..", "dist", "report", "html", "browser")].find(
    (path) => existsSync(join(path, `${SCRIPTS[0]}.js`)),
  ) ?? "";

/**
 * A report as one page that needs nothing else. Its markup, style and program are the same for every report: what
 * strangers wrote stands in one block of JSON, and the program makes text of it, never markup.
 *
 * @param report - with every line of every change (`whole`).
 * @param runUrl - address of the run, https.
 */
export function htmlPage(report: Report, runUrl?: string): string {
  return pageOf(pageData(report, runUrl));
}

/** The page that shows some data. */
export function pageOf(data: PageData): string {
  const script = scriptOf();
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(STYLE)}'`,
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
<title>Plan</title>
<style>${STYLE}</style>
</head>
<body>
<noscript><p>This page shows a plan by a program of its own: allow JavaScript for it.</p></noscript>
<script type="application/json" id="data">${embedded(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON of the same value that ends no element and begins none. */
function embedded(data: PageData): string {
  const escapes: Readonly<Record<string, string>> = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026" };
  return jsonText(data, 0).replaceAll(/[<>&]/g, (char) => escapes[char] ?? "");
}

let script: string | undefined;

function scriptOf(): string {
  script ??= `"use strict";(() => {\n${SCRIPTS.map((name) => sourceOf(name)).join("\n")}\n})();`;
  return script;
}

/** A module's code, which stands beside those that it imports: without the words that say so. */
function sourceOf(name: string): string {
  const code = readFileSync(join(FOLDER, `${name}.js`), "utf8");
  return code.replaceAll(/^(?:import .*;\n|export (?=function|class|const))/gm, "");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
