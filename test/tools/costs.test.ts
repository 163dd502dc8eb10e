import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { costLines, readCosts } from "../../tools/test/costs.mjs";
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
