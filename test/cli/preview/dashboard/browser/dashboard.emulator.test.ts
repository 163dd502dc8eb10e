import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { dashboardData, type PreviewRecord } from "../../../../../cli/preview/dashboard/data";
import { dashboardPage } from "../../../../../cli/preview/dashboard/page";
import { inBrowser, type Opened, pagesInBrowser } from "../../../../security/page/opened";
import { HOSTILE } from "../../../report/html/hostile";
import { record } from "../records";

/** The dashboard in a real browser. GROUNDPLAN_SCREENSHOTS names a folder that keeps pictures of it. */

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = process.env.GROUNDPLAN_SCREENSHOTS;
const NOW = new Date("2026-11-30T16:00:00Z");

const openPage = pagesInBrowser("dashboard");

/** Opens a page at a fixed time, which is another only when the test says so. */
const open = (html: string, hash = "", options: BrowserContextOptions = {}): Promise<Opened> =>
  openPage(html, { ...options, hash, before: (page) => page.clock.setFixedTime(NOW) });

const pageOf = (previews: readonly PreviewRecord[]) =>
  dashboardPage(dashboardData({ platform: "groundplan", region: "us-east-1", previews, now: NOW }));

const PREVIEWS: readonly PreviewRecord[] = [
  record("preview-pay"),
  record("preview-search", {
    owner: "ana@example.com",
    template: "api-database",
    status: "asleep",
    expiresAt: "2026-11-30T18:00:00Z",
    cost: { monthly: 12 },
  }),
  record("preview-report", {
    owner: "ana@example.com",
    template: "scheduled-worker",
    status: "failed",
    expiresAt: "2026-11-30T13:00:00Z",
    cost: undefined,
    endpoint: undefined,
    failure: "the tasks stopped: exit code 1",
  }),
];

/** Looks at the page again some hours later. */
async function look(page: Page, hours: number): Promise<void> {
  await page.clock.setFixedTime(new Date(NOW.getTime() + hours * 3_600_000));
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
}

const names = (page: Page) => page.locator("tbody .name").allTextContents();
const status = (page: Page) => page.getByRole("status").textContent();

inBrowser("shows every preview with its countdown, price and links, and asks nobody", async () => {
  const { page, requests, complaints } = await open(pageOf(PREVIEWS));
  expect(await page.title()).toBe("Previews of groundplan");
  expect(await names(page)).toEqual(["preview-report", "preview-search", "preview-pay"]);
  expect(await page.locator("tbody .left").allTextContents()).toEqual([
    "3 h overdue",
    "in 2 h",
    "in 5 d 18 h",
  ]);
  expect(await status(page)).toBe("3 previews: $55.80 a month, $1.83 a day, and 1 without a known price");
  const pay = page.getByRole("row").filter({ hasText: "preview-pay" });
  expect(await pay.getByRole("cell").allTextContents()).toEqual([
    "active",
    "api-service",
    "dev@example.com",
    "in 5 d 18 h2026-12-06 10:00 UTC",
    "$1.44",
    "$43.80",
    "Open Logs Pull request Run ",
  ]);
  expect(await pay.getByRole("link", { name: "Open of preview-pay" }).getAttribute("href")).toBe(
    "https://preview-pay.previews.example.com/",
  );
  expect(await page.getByText("the tasks stopped").count()).toBe(1);
  await pay.getByText("History").click();
  await pay.getByText("provisioning → active, by dev: created").waitFor();
  expect(await pay.locator(".history li").allTextContents()).toEqual([
    "2026-11-29 10:02 UTC: provisioning → active, by dev: created",
    "2026-11-29 10:00 UTC: provisioning, by dev",
    "2026-11-29 10:00 UTC: created",
  ]);
  // The countdown goes on without a reload.
  await look(page, 2);
  expect(await page.locator("tbody .left").allTextContents()).toEqual([
    "5 h overdue",
    "under a minute overdue",
    "in 5 d 16 h",
  ]);
  expect([requests, complaints]).toEqual([[], []]);
});

inBrowser("filters by owner, template, status and text, orders, and the address keeps both", async () => {
  const { page } = await open(pageOf(PREVIEWS));
  const choose = (name: string, value: string) => page.getByRole("combobox", { name }).selectOption(value);
  await choose("Owner", "ana@example.com");
  expect(await names(page)).toEqual(["preview-report", "preview-search"]);
  await choose("Template", "api-database");
  expect(await names(page)).toEqual(["preview-search"]);
  await choose("Status", "failed");
  expect(await names(page)).toEqual([]);
  expect(await status(page)).toBe("0 of 3 previews");
  await choose("Template", "");
  expect(await names(page)).toEqual(["preview-report"]);
  const again = await open(pageOf(PREVIEWS), new URL(page.url()).hash);
  expect(await names(again.page)).toEqual(["preview-report"]);
  expect(await again.page.getByRole("combobox", { name: "Owner" }).inputValue()).toBe("ana@example.com");
  await choose("Owner", "");
  await choose("Status", "");
  await choose("Order", "price");
  expect(await names(page)).toEqual(["preview-pay", "preview-search", "preview-report"]);
  await choose("Order", "name");
  expect(await names(page)).toEqual(["preview-pay", "preview-report", "preview-search"]);
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("/");
  await page.keyboard.type("SEARCH");
  await page.getByText("1 of 3 previews").waitFor();
  expect(await names(page)).toEqual(["preview-search"]);
});

inBrowser("hostile names, owners, branches and reasons are text", async () => {
  const previews = HOSTILE.map((text, at) =>
    record(text, {
      owner: text,
      template: text,
      status: text,
      branch: text,
      repository: text,
      endpoint: text,
      logGroup: text,
      failure: text,
      expiresAt: text,
      createdAt: String(at),
      run: { url: text },
      history: [{ at: text, from: text, to: text, by: text, reason: text }],
    }),
  );
  const { page, requests, complaints } = await open(pageOf(previews), "#?order=newest");
  expect(await page.title()).toBe("Previews of groundplan");
  expect(await names(page)).toHaveLength(HOSTILE.length);
  for (const summary of await page.locator(".history summary").all()) await summary.click();
  await page
    .locator(".history li")
    .nth(2 * HOSTILE.length - 1)
    .waitFor();
  for (const text of HOSTILE.filter((one) => !/[\p{Cf}\p{Zl}\p{Zp}]/u.test(one)))
    expect(await names(page)).toContain(text);
  expect(await page.locator("main img, main script, main svg, main [onerror], main [onload]").count()).toBe(
    0,
  );
  const addresses = await page
    .locator("main a")
    .evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  expect(addresses.filter((one) => !one?.startsWith("https://us-east-1.console.aws.amazon.com/"))).toEqual(
    [],
  );
  expect([requests, complaints]).toEqual([[], []]);
});

inBrowser("a request or a program that somebody adds is refused", async () => {
  const added = `<img src="http://collector.example/x.png"><script>document.title = "owned"</script>`;
  const { page, complaints } = await open(pageOf(PREVIEWS).replace("<body>", `<body>${added}`));
  expect(await page.title()).toBe("Previews of groundplan");
  expect(complaints.join()).toContain("collector.example");
  // Without its policy the program would have run: its title stands until ours is written.
  const without = pageOf(PREVIEWS).replace("Content-Security-Policy", "X-Nothing");
  const bare = await open(without.replace("</body>", "<script>document.title = 'owned'</script></body>"));
  expect(await bare.page.title()).toBe("owned");
});

inBrowser("with 1,000 previews every row is there, is filtered and ticks", async () => {
  const previews = Array.from({ length: 1000 }, (_, at) =>
    record(`preview-${at}`, { owner: `o${at % 20}@example.com`, cost: { monthly: 1 } }),
  );
  const { page } = await open(pageOf(previews));
  // The first rows are there with the page, and the others follow.
  await page.locator("tbody tr").nth(999).waitFor();
  expect(await page.locator("tbody tr").count()).toBe(1000);
  expect(await status(page)).toBe("1,000 previews: $1,000.00 a month, $32.88 a day");
  await page.getByRole("combobox", { name: "Owner" }).selectOption("o3@example.com");
  await page.locator("tbody tr").nth(49).waitFor();
  expect(await page.locator("tbody tr").count()).toBe(50);
  // What followed on the filter before comes no more, and each row is there once.
  await page.getByRole("combobox", { name: "Owner" }).selectOption("");
  await page.getByRole("combobox", { name: "Owner" }).selectOption("o3@example.com");
  await page.locator("tbody tr").nth(49).waitFor();
  expect(new Set(await names(page)).size).toBe(50);
  await look(page, 1);
  expect(await page.locator("tbody .left").first().textContent()).toBe("in 5 d 17 h");
});

/** What axe finds, as rule and element. */
async function faults(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate<readonly { id: string; nodes: readonly { html: string }[] }[]>(
    "axe.run().then((found) => found.violations)",
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
  inBrowser.each([
    ["desktop", 1280, 800],
    ["phone", 360, 740],
  ] as const)(
    "everybody can read it on a %s (axe), and nothing is wider than the screen",
    async (screen, width, height) => {
      const { page } = await open(pageOf(PREVIEWS), "", { colorScheme, viewport: { width, height } });
      await page.locator(".history summary").first().click();
      await page.locator(".history li").first().waitFor();
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
        colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(13, 17, 23)",
      );
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      expect(await faults(page)).toEqual([]);
      if (PICTURES) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({
          path: join(PICTURES, `dashboard-${screen}-${colorScheme}.png`),
          fullPage: true,
        });
      }
      // A field without a name, faint text, and what is too wide are found.
      await page.evaluate(`
      document.querySelector("h1").style.cssText = "color: #777777; background: #808080";
      document.querySelector("label.text span").remove();
      document.querySelector("label.text input").removeAttribute("placeholder");
      document.querySelector("table").style.cssText = "display: block; width: 3000px";
    `);
      const found = (await faults(page)).join("\n");
      expect(found).toContain("color-contrast");
      expect(found).toContain("label: ");
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeGreaterThan(width);
    },
  );
});
