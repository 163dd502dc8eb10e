import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { IMPORTED_BY, RUN_BY } from "./covered-by";

/** Every source file has a test at the mirrored path, or a row of covered-by.ts that says which test covers it. */

const ROOT = join(__dirname, "..");

interface Tree {
  readonly sources: readonly string[];
  readonly tests: readonly string[];

  /** What each file imports. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
  readonly importedBy: Readonly<Record<string, string>>;
  readonly runBy: Readonly<Record<string, string>>;
}

let tree: Tree;

beforeAll(() => {
  const options = { cwd: ROOT, encoding: "utf8", maxBuffer: 1e9 } as const;
  // Those that are not committed yet, too.
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], options).split("\n");
  const cruiser = join(ROOT, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  const args = [cruiser, "--config", ".dependency-cruiser.cjs", "--output-type", "json", "."];
  const { modules } = JSON.parse(execFileSync(process.execPath, args, options)) as {
    modules: readonly { source: string; dependencies: readonly { resolved: string }[] }[];
  };
  tree = {
    sources: files.filter((file) =>
      /^(?:cli|modules|overlays|previews|stacks|local|tools)\/.*(?<!\.d)\.ts$/.test(file),
    ),
    tests: files.filter((file) => /^test\/.*\.test\.ts$/.test(file)),
    imports: new Map(
      modules.map(({ source, dependencies }) => [source, dependencies.map((one) => one.resolved)]),
    ),
    importedBy: IMPORTED_BY,
    runBy: RUN_BY,
  };
});

function reachOf(test: string, { imports }: Tree): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [test];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const next of imports.get(file) ?? []) {
      if (!reached.has(next)) open.push(next);
      reached.add(next);
    }
  }
  return reached;
}

/** What is wrong with the table, a line each. */
function faultsOf(tree: Tree): readonly string[] {
  const rows = { ...tree.importedBy, ...tree.runBy };
  const used = new Set<string>();
  const reaches = new Map<string, ReadonlySet<string>>();
  const faults = tree.sources.flatMap((source) => {
    const mirrored = `test/${source.replace(/\.ts$/, "")}.`;
    if (tree.tests.some((test) => test.startsWith(mirrored))) return [];
    const row = Object.keys(rows)
      .filter((one) => source.startsWith(one))
      .sort((one, other) => other.length - one.length)[0];
    const test = row === undefined ? undefined : rows[row];
    if (row === undefined || test === undefined)
      return [`${source}: no test at ${mirrored}test.ts, and no row`];
    used.add(row);
    if (!tree.tests.includes(test)) return [`${source}: ${test} is not there`];
    if (row in tree.runBy) return [];
    const reach = reaches.get(test) ?? reachOf(test, tree);
    reaches.set(test, reach);
    return reach.has(source) ? [] : [`${source}: ${test} does not import it`];
  });
  return [
    ...faults,
    ...Object.keys(rows).flatMap((row) => (used.has(row) ? [] : [`${row}: covers nothing`])),
  ];
}

test("every source has a test at the mirrored path, or one that the table names", () => {
  expect(faultsOf(tree)).toEqual([]);
});

test("a source that nothing covers, a row for nothing, and a test that does not import the source are found", () => {
  const more = (change: Partial<Tree>) => faultsOf({ ...tree, ...change });
  expect(more({ sources: [...tree.sources, "modules/attic/box.ts"] })).toEqual([
    "modules/attic/box.ts: no test at test/modules/attic/box.test.ts, and no row",
  ]);
  expect(more({ runBy: { ...RUN_BY, "modules/attic/": "test/main.program.test.ts" } })).toEqual([
    "modules/attic/: covers nothing",
  ]);
  expect(more({ importedBy: { ...IMPORTED_BY, "cli/git/": "test/main.program.test.ts" } })).toEqual([
    "cli/git/repository.ts: test/main.program.test.ts does not import it",
  ]);
  expect(more({ runBy: { ...RUN_BY, "cli/local/": "test/cli/local/none.test.ts" } })).toContain(
    "cli/local/place.ts: test/cli/local/none.test.ts is not there",
  );
});
