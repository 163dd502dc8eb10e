// How long the pages of a report and of all previews take in a browser, until they can be read and used.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { findBrowser } from "../pictures/browser.mjs";

/** Stacks, and resources of each: 20,000 resources. */
const STACKS = 40;
const RESOURCES = 500;

/** Previews of the dashboard. */
const PREVIEWS = 1000;

/**
 * Opens the page of 20,000 resources, and the dashboard of 1,000 previews.
 *
 * @param {{ figure: string; measured: string; target: string; met: boolean }[]} rows
 * @param {number} runs
 * @param {string} work - a folder for the pages.
 */
export async function page(rows, runs, work) {
  const pages = [
    {
      figure: `the page of ${(STACKS * RESOURCES).toLocaleString("en")} resources opens in Chromium`,
      file: await write(work),
      row: ".row",
      target: 2,
    },
    {
      figure: `the dashboard of ${PREVIEWS.toLocaleString("en")} previews opens in Chromium, and filters them`,
      file: await writeDashboard(work),
      row: "tbody .name",
      target: 1,
      filter: { select: "status", value: "failed", left: PREVIEWS / 10 },
    },
  ];
  const executablePath = findBrowser();
  if (!executablePath) {
    for (const { figure, target } of pages)
      rows.push({
        figure,
        measured: "not measured: there is no Chromium",
        target: `< ${target} s`,
        met: true,
      });
    return;
  }
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  try {
    for (const { figure, file, row, target, filter } of pages) {
      /** @type {number[]} */
      const all = [];
      for (let run = 0; run < runs; run += 1) {
        process.stderr.write(`\rpage, run ${run + 1} of ${runs}`.padEnd(70));
        const tab = await browser.newPage();
        const begun = performance.now();
        await tab.goto(pathToFileURL(file).href);
        await tab.locator(row).first().waitFor();
        if (filter) {
          await tab.locator(`select[name=${filter.select}]`).selectOption(filter.value);
          // The first rows are there at once, and the others follow.
          await tab
            .locator(row)
            .nth(filter.left - 1)
            .waitFor();
          const left = await tab.locator(row).count();
          if (left !== filter.left) throw new Error(`${left} rows are left by the filter`);
        }
        all.push((performance.now() - begun) / 1000);
        await tab.close();
      }
      process.stderr.write("\r".padEnd(71));
      process.stderr.write("\r");
      const seconds = all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
      const measured = `${seconds.toFixed(2)} s`;
      rows.push({ figure, measured, target: `< ${target} s`, met: seconds < target });
    }
  } finally {
    await browser.close();
  }
}

/** @param {string} work */
async function writeDashboard(work) {
  const { dashboardData } = (await import("../../cli/dist/preview/dashboard/data.js")).default;
  const { dashboardPage } = (await import("../../cli/dist/preview/dashboard/page.js")).default;
  const at = "2026-11-01T10:00:00.000Z";
  const previews = Array.from({ length: PREVIEWS }, (_, index) => ({
    name: `preview-${index}`,
    status: index % 10 === 0 ? "failed" : "active",
    template: `template-${index % 3}`,
    owner: `owner-${index % 40}@example.com`,
    repository: "example/shop",
    branch: `feature/${index}`,
    createdAt: at,
    expiresAt: "2026-11-08T10:00:00.000Z",
    endpoint: `https://preview-${index}.previews.example.com`,
    cost: { monthly: index % 70 },
    history: Array.from({ length: 10 }, () => ({ at, from: "active", to: "asleep", by: "sweep" })),
  }));
  mkdirSync(work, { recursive: true });
  const file = join(work, "dashboard.html");
  writeFileSync(file, dashboardPage(dashboardData({ previews, now: new Date(at) })));
  return file;
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
