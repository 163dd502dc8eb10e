// From a webhook to the instance of its job, on the local AWS.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Webhooks that are sent, one after the other. */
const WEBHOOKS = 40;

/** @typedef {{ figure: string; measured: string; target: string; met: boolean }} Row */

/**
 * @param {Row[]} rows
 * @param {string} work - folder for all that it writes.
 */
export function runners(rows, work) {
  process.stderr.write("\rwebhooks to the runners of the local AWS".padEnd(70));
  const folder = join(work, "runners-stack");
  mkdirSync(folder);
  const program = join(ROOT, "tools", "bench", "runners.cjs");
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
  const ended = spawnSync(process.execPath, [program, folder, String(WEBHOOKS)], {
    cwd: ROOT,
    env,
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (ended.status !== 0) throw new Error(`the runners on the local AWS\n${ended.stdout}${ended.stderr}`);
  const times = JSON.parse(ended.stdout).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
  const seconds = (/** @type {number} */ part) => times[Math.ceil(part * times.length) - 1] / 1000;
  process.stderr.write(`${"\r".padEnd(71)}\r`);
  rows.push({
    figure: `webhook to the instance of its job, p95 of ${WEBHOOKS}`,
    measured: `${seconds(0.95).toFixed(2)} s (p50 ${seconds(0.5).toFixed(2)} s)`,
    target: "< 2 s",
    met: seconds(0.95) < 2,
  });
}
