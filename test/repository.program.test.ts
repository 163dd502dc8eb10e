import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";

const ROOT = join(__dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const tracked = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).split("\n");

/** Patterns of a CODEOWNERS file that match none of the files. */
function deadPatterns(text: string, files: readonly string[]): readonly string[] {
  const patterns = text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => line.split(/\s+/)[0] ?? "");
  return patterns.filter((pattern) => {
    const path = pattern.replace(/^\//, "");
    return (
      pattern !== "*" && !files.some((file) => (path.endsWith("/") ? file.startsWith(path) : file === path))
    );
  });
}

/** Links of a Markdown page to files that are not there. */
function deadLinks(path: string, text: string): readonly string[] {
  return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !existsSync(join(ROOT, dirname(path), decodeURI(target))));
}

describe("CODEOWNERS", () => {
  test("names paths that exist", () => {
    expect(deadPatterns(read(".github/CODEOWNERS"), tracked)).toEqual([]);
  });

  test("a path that was moved away is found", () => {
    expect(deadPatterns("* @a/b\n/moved/ @a/b\n/stacks/gone.ts @a/b", tracked)).toEqual([
      "/moved/",
      "/stacks/gone.ts",
    ]);
  });
});

describe("Markdown", () => {
  test.each(tracked.filter((file) => file.endsWith(".md")))("%s links to files that exist", (path) => {
    expect(deadLinks(path, read(path))).toEqual([]);
  });

  test("a link to a page that was moved is found", () => {
    expect(deadLinks("docs/a.md", "[x](state.md#locks) [y](gone.md) [z](https://example.com)")).toEqual([
      "gone.md",
    ]);
  });
});

test("docs/decisions lists every decision", () => {
  const pages = readdirSync(join(ROOT, "docs/decisions")).filter((name) => name !== "README.md");
  for (const page of pages) expect(read("docs/decisions/README.md")).toContain(`(${page})`);
});

test("issue forms have the fields that GitHub requires", () => {
  for (const name of ["bug", "feature"]) {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${name}.yml`));
    expect(Object.keys(form)).toEqual(expect.arrayContaining(["name", "description", "body"]));
    for (const { type, id, attributes } of form.body) {
      expect({ type, id, label: attributes.label }).toEqual({
        type: expect.stringMatching(/^(?:input|textarea|dropdown|checkboxes)$/),
        id: expect.stringMatching(/^[a-z-]+$/),
        label: expect.any(String),
      });
    }
  }
});

describe("the picture of the one-way street", () => {
  /** Commands of the command line that a page's diagram leaves out. */
  const missingCommands = (page: string) => {
    const table = /const COMMANDS = \{([^}]*)\}/.exec(read("cli/commands/index.ts"))?.[1] ?? "";
    const commands = [...table.matchAll(/^ {2}(\w+):/gm)].map(([, name = ""]) => name);
    const picture = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    return commands.length === 0 ? ["none found"] : commands.filter((name) => !picture.includes(name));
  };

  test.each(["README.md", "docs/architecture.md"])("%s names every command", (path) => {
    expect(missingCommands(read(path))).toEqual([]);
  });

  test("a command that it does not name is found", () => {
    expect(missingCommands(read("README.md").replace("drift", ""))).toEqual(["drift"]);
  });
});

describe("renovate.json", () => {
  interface Manager {
    readonly managerFilePatterns: readonly string[];
    readonly matchStrings: readonly string[];
  }
  const { customManagers } = JSON.parse(read("renovate.json")) as { customManagers: readonly Manager[] };

  /** Names and versions of the charts that Renovate finds in a file. */
  const chartsIn = (path: string, text: string) =>
    customManagers
      .filter(({ managerFilePatterns }) =>
        managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(path)),
      )
      .flatMap(({ matchStrings }) => matchStrings.flatMap((one) => [...text.matchAll(new RegExp(one, "g"))]))
      .map(({ groups }) => `${groups?.depName} ${groups?.currentValue}`);

  test("finds every Helm chart of the source", () => {
    const withCharts = tracked.filter(
      (path) => /^modules\/.*\.ts$/.test(path) && /: Chart = |appVersion: "/.test(read(path)),
    );
    expect(withCharts.length).toBeGreaterThan(6);
    for (const path of withCharts) expect([path, chartsIn(path, read(path)).length]).toEqual([path, 1]);
    expect(
      chartsIn("modules/addons/charts/karpenter.ts", read("modules/addons/charts/karpenter.ts")),
    ).toEqual([expect.stringMatching(/^karpenter \d/)]);
  });

  test("a chart that is written otherwise is not found", () => {
    const text = 'name: "a", version: "1.0.0", repository: "https://charts.example.com"';
    expect(chartsIn("modules/addons/charts/a.ts", text)).toEqual([]);
  });
});
