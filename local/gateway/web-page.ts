import type { RequestHead } from "./exchange";

/** What a browser says of the page that makes it send a request. */
export interface WebPage {
  /** `scheme://host:port`, `null` for a page that has none, or undefined where a browser does not say. */
  readonly origin: string | undefined;

  /** Whether the page is itself from the host that is asked. */
  readonly isOfThisHost: boolean;
}

/**
 * The page that a request is from: any that a browser sends for a page has one of two headers, which no page can set
 * or leave out. No SDK, no command and no address that a user types has them.
 *
 * @returns undefined for a request that no page makes.
 * @see https://fetch.spec.whatwg.org/#origin-header
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function webPageOf({ headers }: RequestHead): WebPage | undefined {
  const { origin } = headers;
  const site = headers["sec-fetch-site"];
  if (origin === undefined && (site === undefined || site === "none")) return undefined;
  return { origin, isOfThisHost: site === "same-origin" };
}
