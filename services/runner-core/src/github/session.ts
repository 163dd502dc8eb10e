import { Octokit } from "@octokit/core";
import type { Settings } from "../settings";
import { type AppSecret, appToken } from "./app-token";

/** Time that one request may take, in milliseconds: a function has a minute for all of them. */
const REQUEST_TIMEOUT = 10_000;

/** Seconds before its end at which a token is not used any more. */
const TOKEN_MARGIN = 300;

/** What GitHub answers; `isLast` is false while a list has a next page. */
export interface Answer<T> {
  readonly data: T;
  readonly isLast: boolean;
}

/** Requests by their route, e.g. `GET /orgs/{org}/actions/runners`. They throw with the status as property `status`. */
export interface GitHubSession {
  /** As the app itself, which may read what it is. */
  asApp<T>(route: string, parameters?: object): Promise<Answer<T>>;

  /** As the app's installation with the owner; its token is asked for once an hour. */
  asInstallation<T>(route: string, parameters?: object): Promise<Answer<T>>;
}

/** GitHub's API by the app's secret. */
export function gitHubSession(
  { apiUrl, installationId }: Pick<Settings, "installationId" | "apiUrl">,
  secret: () => Promise<AppSecret>,
  now: () => number,
): GitHubSession {
  const octokit = new Octokit({ baseUrl: apiUrl, userAgent: "groundplan-runners", log: SILENT });
  let token: { readonly text: string; readonly until: number } | undefined;

  const send = async <T>(route: string, parameters: object, authorization: string): Promise<Answer<T>> => {
    const { data, headers } = await octokit.request(route, {
      ...parameters,
      headers: { authorization, "x-github-api-version": "2022-11-28" },
      request: { signal: AbortSignal.timeout(REQUEST_TIMEOUT) },
    });
    return { data: data as T, isLast: !/rel="next"/.test(headers.link ?? "") };
  };
  const asApp = async <T>(route: string, parameters: object = {}) =>
    send<T>(route, parameters, `Bearer ${appToken(await secret(), now())}`);
  const installationToken = async (): Promise<string> => {
    if (token && now() < token.until) return token.text;
    const { data } = await asApp<{ readonly token: string; readonly expires_at: string }>(
      "POST /app/installations/{installation_id}/access_tokens",
      { installation_id: installationId },
    );
    token = { text: data.token, until: Date.parse(data.expires_at) / 1000 - TOKEN_MARGIN };
    return token.text;
  };
  return {
    asApp,
    asInstallation: async (route, parameters = {}) =>
      send(route, parameters, `token ${await installationToken()}`),
  };
}

/** Status of an answer that GitHub gave as an error; undefined when nothing answered. */
export function statusOf(error: unknown): number | undefined {
  const { status } = error as { readonly status?: unknown };
  return typeof status === "number" ? status : undefined;
}

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
