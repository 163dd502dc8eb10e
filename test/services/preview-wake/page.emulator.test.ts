import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { sleepingPage, WAKE_HEADER, WAKE_PATH } from "../../../services/preview-wake/src/page";
import { BROWSER, startBrowser } from "../../security/page/browser";

/** The page of a sleeping preview in a real browser. */

const inBrowser = BROWSER !== undefined || process.env.CI === "true" ? test : test.skip;
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser | undefined;
beforeAll(async () => {
  if (BROWSER !== undefined || process.env.CI === "true") browser = await startBrowser();
});
afterAll(() => browser?.close());

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A preview that sleeps until it was asked some times, and answers then. */
async function preview(answers: readonly Readonly<Record<string, unknown>>[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === WAKE_PATH) {
      asked.push(`${request.method} ${request.headers[WAKE_HEADER]}`);
      const answer = answers[asked.length - 1];
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ format: "groundplan-wake", ...answer }));
    } else if (asked.length === answers.length && answers.at(-1)?.isAwake) {
      response.end("<title>the app</title><p>the app answers");
    } else {
      const { statusCode, headers, body } = sleepingPage("preview-pay.previews.example.com");
      response.writeHead(statusCode, headers).end(body);
    }
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://preview-pay.previews.example.com:${port}/`, asked };
}

async function open(url: string, colorScheme: "light" | "dark" = "light") {
  if (!browser) throw new Error("there is no browser");
  const page = await (
    await browser.newContext({ colorScheme, viewport: { width: 360, height: 700 } })
  ).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints };
}

const faults = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(AXE);
  return page.evaluate("axe.run().then((found) => found.violations.map(({ id }) => id))");
};

inBrowser("wakes when somebody presses its button, shows how far it is, and loads the preview", async () => {
  const { url, asked } = await preview([
    { kind: "waking", done: 1, of: 3, says: "its tasks are starting", isAwake: false },
    { kind: "waking", done: 3, of: 3, says: "it is awake", isAwake: true },
  ]);
  const { page, complaints } = await open(url);
  expect(await page.title()).toBe("preview-pay is asleep");
  // Whoever only looks wakes nothing.
  expect(asked).toEqual([]);
  await page.getByRole("button", { name: "Wake it" }).click();
  await page.getByText("Waking: its tasks are starting.").waitFor();
  expect(await page.locator("progress").evaluate((bar) => bar.outerHTML)).toContain('max="3" value="1"');
  await page.getByText("the app answers").waitFor();
  expect(asked).toEqual(["POST 1", "POST 1"]);
  // The browser says that the page's own status is 503.
  expect(complaints.filter((one) => !one.includes("503"))).toEqual([]);
});

inBrowser("says why it cannot be woken, and asks no more", async () => {
  const { url } = await preview([{ kind: "refuse", says: "its <b>time</b> is over" }]);
  const { page } = await open(url);
  await page.getByRole("button", { name: "Wake it" }).click();
  await page.getByText("It cannot be woken: its <b>time</b> is over.").waitFor();
  expect(await page.locator("b").count()).toBe(0);
});

inBrowser.each(["light", "dark"] as const)("everybody can read it in %s (axe)", async (colorScheme) => {
  const { url } = await preview([{ kind: "waking", done: 0, of: 3, says: "the database is starting" }]);
  const { page } = await open(url, colorScheme);
  // Its policy lets no other program in, so axe comes by the debugger.
  expect(await faults(page)).toEqual([]);
  await page.getByRole("button", { name: "Wake it" }).click();
  await page.getByText("Waking: the database is starting.").waitFor();
  expect(await faults(page)).toEqual([]);
  await page.evaluate("document.querySelector('h1').style.cssText = 'color: #777777; background: #808080'");
  expect(await faults(page)).toContain("color-contrast");
});
