import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Draft } from "./draft";
import { pascalCase } from "./names";

/** Files that are written as they are, but for `{{name}}` and `{{Name}}`; the package ships them. */
const FOLDER =
  [join(__dirname, "..", "templates"), join(__dirname, "..", "..", "templates")].find(existsSync) ?? "";

/**
 * Creates the files of a template, whose paths are those in the repository with `_name_` for the name.
 *
 * @param lines - what stands in place of a line of its own, e.g. `{{runtime}}`, by its name; no lines leave nothing there.
 */
export function createFromTemplate(
  draft: Draft,
  template: string,
  name: string,
  lines: Readonly<Record<string, readonly string[]>> = {},
): void {
  const folder = join(FOLDER, template);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".template"),
  );
  for (const file of files.sort()) {
    const path = file.replaceAll("_name_", name).replace(/\.template$/, "");
    draft.create(
      path,
      readFileSync(join(folder, file), "utf8")
        .replaceAll(/^([ \t]*)\{\{(\w+)\}\}\n/gm, (_, indent: string, key: string) =>
          (lines[key] ?? []).map((line) => `${indent}${line}\n`).join(""),
        )
        .replaceAll("{{name}}", name)
        .replaceAll("{{Name}}", pascalCase(name)),
    );
  }
}
