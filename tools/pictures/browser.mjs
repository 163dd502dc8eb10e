// Pages as pictures, by a browser without a window.
import { chromium } from "playwright-core";
import { DEBIAN_PACKAGES, findProgram } from "../setup/debian.mjs";

/** Most bytes of a picture in the repository: 200 kB. */
export const MOST_BYTES = 200_000;

/** Device pixels for each CSS pixel, the sharpest first. */
const SCALES = [2, 1.5, 1.25, 1];

/** Path of the browser; undefined where there is none. */
export function findBrowser() {
  const programs = DEBIAN_PACKAGES.find(({ name }) => name === "chromium")?.programs ?? [];
  return programs.map((program) => findProgram(program)).find((path) => path !== undefined);
}

/**
 * Takes a picture of a page's `main` in both colour schemes, as sharp as its size allows.
 *
 * @param {string} html
 * @param {number} [most] - bytes that a picture may have.
 * @param {{ width: number; height: number }} [view] - takes the page as it is opened in a window of that size, in place of
 *   its `main`: its own program runs.
 * @returns {Promise<{ light: Buffer; dark: Buffer }>} PNG.
 */
export async function takePictures(html, most = MOST_BYTES, view = undefined) {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error("there is no Chromium\n  install it, e.g. apt-get install chromium");
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  try {
    const [light, dark] = [
      await takePicture(browser, html, "light", most, view),
      await takePicture(browser, html, "dark", most, view),
    ];
    return { light, dark };
  } finally {
    await browser.close();
  }
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} html
 * @param {"light" | "dark"} colorScheme
 * @param {number} most
 * @param {{ width: number; height: number } | undefined} view
 */
async function takePicture(browser, html, colorScheme, most, view) {
  for (const deviceScaleFactor of SCALES) {
    // Nothing is fetched, and nothing of a page that is not Groundplan's own runs: it holds a report's text.
    const context = await browser.newContext({
      colorScheme,
      deviceScaleFactor,
      javaScriptEnabled: view !== undefined,
      offline: true,
      ...(view ? { viewport: view } : {}),
    });
    const page = await context.newPage();
    await page.setContent(html);
    const main = page.locator("main");
    const picture = await (view ? page.screenshot() : main.screenshot({ type: "png", omitBackground: true }));
    await context.close();
    if (picture.length < most) return picture;
  }
  throw new Error(`a picture has more than ${most} bytes\n  show less of it`);
}
