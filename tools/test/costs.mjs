import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What a suite has cost: `seconds` by the clock, beside others; `cpu` seconds of the processor, its programs' too.
 *
 * @typedef {{ suite: string; seconds: number; cpu: number }} Cost
 */

/**
 * What the suites of one run have written down; none where it did not come so far.
 *
 * @param {string} file - a line of JSON for each suite, from environment.js.
 * @returns {Cost[]}
 */
export function readCosts(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/**
 * The dearest suites as a table, and what all of them cost together.
 *
 * @param {Cost[]} costs
 * @param {number} [rows]
 * @returns {string[]} Lines.
 */
export function costLines(costs, rows = 20) {
  if (costs.length === 0) return [];
  const dearest = [...costs].sort((one, other) => other.cpu - one.cpu).slice(0, rows);
  const seconds = (/** @type {number} */ value) => `${value.toFixed(1)} s`.padStart(9);
  const total = costs.reduce((sum, { cpu }) => sum + cpu, 0);
  const share = dearest.reduce((sum, { cpu }) => sum + cpu, 0) / (total || 1);
  return [
    `${dearest.length} dearest of ${costs.length} suites, ${Math.round(share * 100)} % of ${total.toFixed(0)} s CPU time`,
    `${"CPU".padStart(9)} ${"clock".padStart(9)}`,
    ...dearest.map((cost) => `${seconds(cost.cpu)} ${seconds(cost.seconds)}  ${cost.suite}`),
  ];
}

/**
 * What the next run orders suites by (sequencer.js): seconds by the clock, of those that take long. Suites that did not run
 * keep what was recorded of them, as long as they exist.
 *
 * @param {Cost[]} costs
 * @param {Record<string, number>} before
 * @param {(suite: string) => boolean} exists
 * @returns {Record<string, number>} Longest first.
 */
export function durationsOf(costs, before, exists) {
  const kept = Object.entries(before).filter(([suite]) => exists(suite));
  const now = costs.map(({ suite, seconds }) => /** @type {const} */ ([suite, Math.round(seconds)]));
  const all = Object.entries(Object.fromEntries([...kept, ...now])).filter(([, seconds]) => seconds >= LONG);
  return Object.fromEntries(all.sort(([one, a], [other, b]) => b - a || one.localeCompare(other)));
}

/** Seconds from which a suite counts as long. */
const LONG = 20;

/**
 * Writes that into `durations.json`.
 *
 * @param {string} root
 * @param {Cost[]} costs
 */
export function recordDurations(root, costs) {
  const file = join(root, "tools", "test", "durations.json");
  const before = JSON.parse(readFileSync(file, "utf8"));
  const durations = durationsOf(costs, before, (suite) => existsSync(join(root, suite)));
  writeFileSync(file, `${JSON.stringify(durations, null, 2)}\n`);
}
