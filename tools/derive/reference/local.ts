import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MISSING } from "@groundplan/local";
import { code, table } from "./markdown";

/** Folder of the configurations of the conformance suite, one file for each service. */
const FOLDER = "test/local/conformance";

/** Tables of docs/local.md that are made from the code, by the name that stands in the page. */
const TABLES: Readonly<Record<string, (root: string) => string>> = {
  conformance: (root) => conformanceTable(filesIn(root)),
  missing: () => missingTable(),
};

/** The page with its tables: each stands between `<!-- derived: name -->` and `<!-- end -->`. */
export function localPage(root: string, text: string): string {
  return Object.entries(TABLES).reduce((page, [name, make]) => {
    const begin = `<!-- derived: ${name} -->`;
    const [before, rest] = page.split(begin);
    const [, ...after] = rest?.split("<!-- end -->") ?? [];
    if (after.length === 0) throw new Error(`docs/local.md has no ${begin} with its <!-- end -->`);
    return `${before}${begin}\n${make(root)}\n<!-- end -->${after.join("<!-- end -->")}`;
  }, text);
}

/** What is applied, planned, changed and destroyed, by service. @param files - text of each file by its name. */
export function conformanceTable(files: ReadonlyMap<string, string>): string {
  const names = [...new Set([...files.keys()].map((name) => name.split(".")[0] ?? ""))].sort();
  const rows = names.flatMap((name) => {
    const always = typesIn(files.get(`${name}.tf`));
    const nightly = typesIn(files.get(`${name}.nightly.tf`));
    return always.length + nightly.length > 0 ? [[code(name), listed(always), listed(nightly)]] : [];
  });
  return table(["service", "each change", "and each night"], rows);
}

function missingTable(): string {
  const reasons = [...new Set(MISSING.map(({ service, what }) => JSON.stringify([service, what])))];
  const rows = reasons.map((reason) => {
    const [service = "", what = ""] = JSON.parse(reason) as readonly string[];
    const calls = MISSING.filter((call) => call.service === service && call.what === what);
    return [code(service), calls.map(({ operation }) => code(operation)).join(", "), what];
  });
  return table(["service", "calls", "why"], rows);
}

function filesIn(root: string): ReadonlyMap<string, string> {
  const names = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith(".tf"));
  return new Map(names.map((name) => [name, readFileSync(join(root, FOLDER, name), "utf8")]));
}

function typesIn(text = ""): readonly string[] {
  const found = text.matchAll(/^(resource|data) "(\w+)"/gm);
  const types = [...found].map(([, kind, type = ""]) => (kind === "data" ? `data.${type}` : type));
  return [...new Set(types)].sort();
}

function listed(types: readonly string[]): string {
  return types.map(code).join(", ");
}
