import { type Browser, chromium } from "playwright-core";
import { DEBIAN_PACKAGES, findProgram } from "../../../tools/setup/debian.mjs";

const programs = DEBIAN_PACKAGES.find(({ name }) => name === "chromium")?.programs ?? [];

/** Path of the browser; undefined where there is none. */
export const BROWSER = programs.map((program) => findProgram(program)).find((path) => path !== undefined);

/**
 * Starts the browser without a window. Names that end with `.example` or `.example.com` lead to this machine, as those of
 * a page do that has its DNS answer so (rebinding).
 */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(BROWSER === undefined ? {} : { executablePath: BROWSER }),
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--host-resolver-rules=MAP *.example 127.0.0.1, MAP *.example.com 127.0.0.1",
      // Newer browsers ask the user before a page of the internet reaches this machine; not all do, and users say yes.
      "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights",
    ],
  });
}
