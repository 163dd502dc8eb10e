import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** A unit test starts no program: what does is a kind of its own, with its own time and place in a run. */

/** What a file under test/ imports of that folder and of Node, without types alone. */
function importsOf(file: string, text: string): readonly string[] {
  const imports = text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from "([^"]+)";/gm);
  return [...imports].map(([, name = ""]) =>
    name.startsWith(".") ? `${relative(__dirname, join(__dirname, dirname(file), name))}.ts` : name,
  );
}

/** By which file of test/ a test comes to start programs: the imports from it on, the last of which starts them. */
function startsPrograms(file: string, read: (file: string) => string | undefined): readonly string[] {
  const open: (readonly string[])[] = [[file]];
  const seen = new Set([file]);
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const text = read(path.at(-1) ?? "");
    for (const name of text === undefined ? [] : importsOf(path.at(-1) ?? "", text)) {
      if (name === "node:child_process" || name === "execa") return path;
      if (!seen.has(name)) open.push([...path, name]);
      seen.add(name);
    }
  }
  return [];
}

const read = (file: string) => {
  const path = join(__dirname, file);
  return !file.startsWith("..") && file.endsWith(".ts") && existsSync(path)
    ? readFileSync(path, "utf8")
    : undefined;
};

test("no unit test starts a program, by itself or by what it imports of test/", () => {
  const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" });
  const units = files.filter((file) =>
    /^[^.]+(?<!\.(?:program|terraform|emulator|cluster))\.test\.ts$/.test(file),
  );
  expect(units.length).toBeGreaterThan(200);
  expect(units.map((file) => startsPrograms(file, read).join(" imports ")).filter(Boolean)).toEqual([]);
});

test("one that does is found, by which file, and types are not looked at", () => {
  const files: Readonly<Record<string, string>> = {
    "cli/a.test.ts": 'import { run } from "../run";\n',
    "cli/b.test.ts": 'import type { Run } from "../run";\n',
    "run.ts": 'import {\n  spawn,\n} from "node:child_process";\n',
  };
  expect(startsPrograms("cli/a.test.ts", (file) => files[file])).toEqual(["cli/a.test.ts", "run.ts"]);
  expect(startsPrograms("cli/b.test.ts", (file) => files[file])).toEqual([]);
});
