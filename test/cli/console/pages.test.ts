import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// The command line runs in repositories that have none of this one's pages: what it says stands on its own.

const CLI = join(__dirname, "..", "..", "..", "cli");

/** Its own files, without what is compiled. */
function sources(): readonly string[] {
  const folders = readdirSync(CLI, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !["dist", "node_modules", "templates", "schemas"].includes(entry.name),
  );
  return folders.flatMap(({ name }) =>
    readdirSync(join(CLI, name), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(name, path)),
  );
}

/** Pages of this repository that a text names outside of a comment, in what a user reads. */
function named(text: string): readonly string[] {
  const code = text.replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, "");
  return [...code.matchAll(/(?<!\/)\bdocs\/[\w-]+\.md\b/g)].map(([page]) => page);
}

test("no message names a page that only this repository has", () => {
  const found = sources().flatMap((path) =>
    named(readFileSync(join(CLI, path), "utf8")).map((page) => `${path}: ${page}`),
  );

  // It writes the row of the workflow that it has generated, where the page is there.
  expect(found).toEqual(["generate/service.ts: docs/ci.md"]);
});

test("planted fault: a page in a message is found, and one in a comment or in an address is not", () => {
  const comment = "/** As in docs/plan.md. */\n// docs/plan.md\n";
  expect(named(`${comment}"see https://example.com/docs/a.md"`)).toEqual([]);
  expect(named(`${comment}"write a pattern (docs/settings.md)"`)).toEqual(["docs/settings.md"]);
});
