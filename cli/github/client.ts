import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, sayAside } from "../console/output";
import { page } from "../console/pages";
import { within } from "../process/deadline";
import { interrupted } from "../process/interrupts";

const Client = Octokit.plugin(paginateRest, retry, throttling);

/** Longest wait that GitHub may ask for after too many requests, in seconds. */
const LONGEST_WAIT = 300;

/** How often a request is sent anew after a rate limit. */
const MOST_WAITS = 3;

/** Time that one request may take, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

/** A repository on GitHub, and the client that calls it. */
export interface GitHub {
  readonly client: InstanceType<typeof Client>;
  readonly owner: string;
  readonly repo: string;
}

/**
 * A client for a repository. It waits when GitHub asks for it, and tries again after a failure of GitHub's
 * own: up to three times, with longer and longer pauses.
 *
 * @param repository - `owner/name`.
 */
export function gitHub(repository: string | undefined, env: NodeJS.ProcessEnv): GitHub {
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(repository ?? "") ?? [];
  if (!owner || !repo) {
    const got = repository ? ` ${JSON.stringify(repository)}` : "";
    throw new CliError(EXIT.USAGE, `which repository?${got}`, "name it with --repository owner/name");
  }
  const token = env.GITHUB_TOKEN;
  if (!token) {
    throw new CliError(
      EXIT.MISSING,
      "no token for GitHub: GITHUB_TOKEN is not set",
      "in a workflow, give the step the variable GITHUB_TOKEN with the value github.token",
    );
  }
  const waits = (seconds: number, options: unknown, _: unknown, count: number) => {
    const wait = seconds <= LONGEST_WAIT && count < MOST_WAITS;
    const { method, url } = options as { method: string; url: string };
    const then = wait ? `waiting ${seconds} s` : "giving up";
    sayAside(line`GitHub limits the rate of requests (${method} ${url}): ${then}`);
    return wait;
  };
  const client = new Client({
    auth: token,
    baseUrl: (env.GITHUB_API_URL || "https://api.github.com").replace(/\/$/, ""),
    userAgent: "groundplan",
    throttle: { onRateLimit: waits, onSecondaryRateLimit: waits },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  client.hook.wrap("request", (request, options) =>
    within(REQUEST_TIMEOUT, (signal) =>
      untilInterrupted(request({ ...options, request: { ...options.request, signal } })),
    ),
  );
  return { client, owner, repo };
}

/** Waits for an answer. @throws Interrupted at Ctrl-C, where the client would wait some seconds and try again. */
async function untilInterrupted<T>(answer: T | Promise<T>): Promise<T> {
  let stop: () => void = () => undefined;
  const end = new Promise<never>((_, reject) => {
    stop = () => reject(new Interrupted());
    interrupted.addEventListener("abort", stop, { once: true });
  });
  if (interrupted.aborted) stop();
  try {
    return await Promise.race([answer, end]);
  } finally {
    interrupted.removeEventListener("abort", stop);
  }
}

/** Does something on GitHub, and says what to do when GitHub refuses. */
export async function onGitHub<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { status, message, response, request } = error as Partial<RequestError>;
    if (typeof status !== "number") throw error;
    // The client calls what never got an answer a status of 500.
    if (response === undefined) {
      throw new CliError(
        EXIT.MISSING,
        `${what}: GitHub cannot be reached`,
        `at ${hostOf(request?.url) ?? "an unknown address"}`,
        String(message),
        "look at the network, and at GITHUB_API_URL",
      );
    }
    throw new CliError(EXIT.FAILED, `${what}: GitHub answers ${status}`, String(message), ...advice(status));
  }
}

/** What the client throws. */
interface RequestError {
  readonly status: unknown;
  readonly message: unknown;

  /** Undefined when there was no answer. */
  readonly response?: unknown;
  readonly request?: { readonly url?: string };
}

function hostOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : (/^\w+:\/\/[^/]+/.exec(url)?.[0] ?? url);
}

function advice(status: number): readonly string[] {
  if (status === 401) return ["the token is wrong or has expired"];
  if (status === 403) {
    return [
      "the job needs permissions: pull-requests: write, for the comment and its labels; and issues: write for drift",
      `a run of a fork never has them: comment from workflow_run: ${page("report")}`,
    ];
  }
  if (status === 404)
    return ["look at the repository and the number; a token sees only what its job may read"];
  return [];
}
