import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { costLines, durationsOf, readCosts } from "../../tools/test/costs.mjs";
import durations from "../../tools/test/durations.json";
import { temporaryFolder } from "../temporary-folder";

const COSTS = [
  { suite: "test/cheap.test.ts", seconds: 40, cpu: 1 },
  { suite: "test/dear.test.ts", seconds: 10, cpu: 9 },
];

test("the dearest suite by CPU time comes first, with the share of those that are shown", () => {
  expect(costLines(COSTS, 1)).toEqual([
    "1 dearest of 2 suites, 90 % of 10 s CPU time",
    "      CPU     clock",
    "    9.0 s    10.0 s  test/dear.test.ts",
  ]);
});

test("durationsOf orders suites longest first, and forgets those that are short or gone", () => {
  const costs = [...COSTS, { suite: "test/new.test.ts", seconds: 61.4, cpu: 1 }];
  const before = { "test/kept.test.ts": 50, "test/gone.test.ts": 90, "test/dear.test.ts": 99 };
  const exists = (suite: string) => suite !== "test/gone.test.ts";
  expect(Object.entries(durationsOf(costs, before, exists))).toEqual([
    ["test/new.test.ts", 61],
    ["test/kept.test.ts", 50],
    ["test/cheap.test.ts", 40],
  ]);
});

test("every suite whose duration is recorded exists", () => {
  const gone = Object.keys(durations).filter((suite) => !existsSync(join(__dirname, "..", "..", suite)));
  expect(gone).toEqual([]);
});

test("a run without suites has no table", () => {
  expect(costLines([])).toEqual([]);
});

test("readCosts returns what the suites have written, and nothing for a run that wrote nothing", () => {
  const folder = temporaryFolder("costs");
  try {
    const file = join(folder, "costs.jsonl");
    expect(readCosts(file)).toEqual([]);
    writeFileSync(file, COSTS.map((cost) => `${JSON.stringify(cost)}\n`).join(""));
    expect(readCosts(file)).toEqual(COSTS);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
