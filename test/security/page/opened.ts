import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { build } from "../../cli/groundplan";
import { temporaryFolder } from "../../temporary-folder";
import { BROWSER, startBrowser } from "./browser";

/** A page that needs nothing else than itself, opened as a file as its readers do. */

/** A test that needs the browser: CI has to have it. */
export const inBrowser = BROWSER !== undefined || process.env.CI === "true" ? test : test.skip;

/** A page, and what it asked for and was refused. */
export interface Opened {
  readonly page: Page;

  /** Addresses that it asked for. */
  readonly requests: readonly string[];

  /** What it wrote to the console, threw, or asked in a dialog. */
  readonly complaints: readonly string[];
}

/** How a page is opened. */
export interface OpenProps extends BrowserContextOptions {
  /** What follows its address. */
  readonly hash?: string;

  /** Done before it is loaded. */
  readonly before?: (page: Page) => Promise<void> | void;
}

/** Starts the browser before the tests of a file and closes it after them. @returns opens a page of this HTML. */
export function pagesInBrowser(name: string): (html: string, props?: OpenProps) => Promise<Opened> {
  let folder = "";
  let browser: Browser | undefined;
  beforeAll(async () => {
    build();
    folder = temporaryFolder(name);
    if (BROWSER !== undefined || process.env.CI === "true") browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return async (html, { hash = "", before, ...options } = {}) => {
    if (!browser) throw new Error("there is no browser");
    const file = join(folder, `${randomUUID()}.html`);
    writeFileSync(file, html);
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await before?.(page);
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    await page.goto(`${pathToFileURL(file).href}${hash}`);
    return { page, requests: requests.slice(1), complaints };
  };
}
