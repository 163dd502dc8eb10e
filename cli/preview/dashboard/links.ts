import type { ShownLink } from "./browser/dashboard-data";

/** What of a preview is linked. */
export interface Linked {
  readonly endpoint?: string;
  readonly logGroup?: string;
  readonly repository?: string;
  readonly pullRequest?: number;
  readonly runUrl?: string;
  readonly region?: string;
}

/** The links of a preview; what is no address of its kind is left out. */
export function linksOf({
  endpoint,
  logGroup,
  repository,
  pullRequest,
  runUrl,
  region,
}: Linked): readonly ShownLink[] {
  const pull =
    pullRequest !== undefined && isRepository(repository)
      ? `https://github.com/${repository}/pull/${pullRequest}`
      : undefined;
  return [
    ["Open", httpsAddress(endpoint)],
    ["Logs", logsAddress(logGroup, region)],
    ["Pull request", httpsAddress(pull)],
    ["Run", httpsAddress(runUrl)],
  ].flatMap(([words = "", url]) => (url === undefined ? [] : [{ words, url }]));
}

/**
 * An address as it is linked to; undefined unless it begins with `https://`, names no user, and has at most 500
 * characters.
 */
export function httpsAddress(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 500 || !URL.canParse(text)) return undefined;
  const { protocol, username, password, href } = new URL(text);
  return protocol === "https:" && username === "" && password === "" ? href : undefined;
}

/** Whether it is a repository of GitHub, `owner/name`. */
export function isRepository(text: string | undefined): text is string {
  return text !== undefined && /^[\w-][\w.-]{0,99}\/(?!\.{1,2}$)[\w.-]{1,100}$/.test(text);
}

/**
 * Where AWS's console shows a log group. The console takes what stands behind its `#` encoded twice, with `$` in place of `%`.
 */
export function logsAddress(logGroup: string | undefined, region: string | undefined): string | undefined {
  if (!logGroup || !/^[\w./#-]{1,512}$/.test(logGroup) || !/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region ?? ""))
    return undefined;
  const group = encodeURIComponent(encodeURIComponent(logGroup)).replaceAll("%", "$");
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${group}`;
}
