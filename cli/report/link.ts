import type { Markdown } from "./markup";

/** Whether it is an address that holds nothing but letters, digits and `.:/-`. */
export function isAddress(url: string | undefined): url is string {
  return url !== undefined && /^https:\/\/[\w.:/-]{1,200}$/.test(url);
}

/** A link to such an address. */
export function linkTo(url: string, words: Markdown): Markdown {
  return `[${words}](${url})` as Markdown;
}
