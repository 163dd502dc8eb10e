import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { code, table } from "./markdown";

/** Folder of the configurations of the conformance suite, one file for each service. */
const FOLDER = "test/local/conformance";

/** Tables of docs/local.md that are made from the code, by the name that stands in the page. */
const TABLES: Readonly<Record<string, (root: string, local: string) => string>> = {
  conformance: (root) => conformanceTable(filesIn(root)),
  missing: (_, local) => missingTable(missingCalls(local)),
};

/** A call that is not emulated, as `local/` has it. */
interface MissingCall {
  readonly service: string;
  readonly operation: string;
  readonly what: string;
}

/**
 * The page with its tables: each stands between `<!-- derived: name -->` and `<!-- end -->`.
 *
 * @param local - folder of the package of the local AWS, built.
 */
export function localPage(root: string, local: string, text: string): string {
  return Object.entries(TABLES).reduce((page, [name, make]) => {
    const begin = `<!-- derived: ${name} -->`;
    const [before, rest] = page.split(begin);
    const [, ...after] = rest?.split("<!-- end -->") ?? [];
    if (after.length === 0) throw new Error(`docs/local.md has no ${begin} with its <!-- end -->`);
    return `${before}${begin}\n${make(root, local)}\n<!-- end -->${after.join("<!-- end -->")}`;
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

/** What the package lists; by a program of its own, as an app is synthesized also where the package is not built. */
function missingCalls(local: string): readonly MissingCall[] {
  const main = join(local, "dist", "index.js");
  if (!existsSync(main)) throw new Error("the local AWS is not built\n  run: npm run build");
  const print = "console.log(JSON.stringify(require(process.argv[1]).MISSING))";
  return JSON.parse(
    execFileSync(process.execPath, ["-e", print, main], { encoding: "utf8", maxBuffer: 1e7 }),
  );
}

function missingTable(missing: readonly MissingCall[]): string {
  const reasons = [...new Set(missing.map(({ service, what }) => JSON.stringify([service, what])))];
  const rows = reasons.map((reason) => {
    const [service = "", what = ""] = JSON.parse(reason) as readonly string[];
    const calls = missing.filter((call) => call.service === service && call.what === what);
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
