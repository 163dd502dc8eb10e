import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Call, Contract } from "./contract";
import { type Answer, type Caller, Repository } from "./repository";

/** A fault that the stand-in plays. */
export interface Fault {
  /** In small letters; any when it is left out. */
  readonly method?: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;

  /** How many requests it meets. */
  readonly times: number;

  /** Whether the request is carried out all the same, as when a proxy gives up on the way back. */
  readonly carriedOut?: boolean;
}

/** Paths that it answers, as GitHub's description writes them. */
const TEMPLATES = [
  "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
  "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
  "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
  "/repos/{owner}/{repo}/deployments",
  "/repos/{owner}/{repo}/issues/comments/{comment_id}",
  "/repos/{owner}/{repo}/issues/{issue_number}/comments",
  "/repos/{owner}/{repo}/issues/{issue_number}/events",
  "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
  "/repos/{owner}/{repo}/issues/{issue_number}/labels",
  "/repos/{owner}/{repo}/issues/{issue_number}",
  "/repos/{owner}/{repo}/issues",
  "/repos/{owner}/{repo}/labels/{name}",
  "/repos/{owner}/{repo}/labels",
  "/repos/{owner}/{repo}/pulls/{pull_number}",
  "/repos/{owner}/{repo}/releases/assets/{asset_id}",
  "/repos/{owner}/{repo}/releases/{release_id}/assets",
  "/repos/{owner}/{repo}/releases/{release_id}",
  "/repos/{owner}/{repo}/releases",
] as const;

/**
 * GitHub's REST API over HTTP, as far as Groundplan calls it.
 *
 * Every request and every answer is held against GitHub's published description; what does not agree is in
 * `violations`, which a test expects to be empty.
 */
export class GitHub {
  /** The one repository. */
  readonly repository: Repository;

  /** Where requests or answers do not agree with GitHub's description. */
  readonly violations: string[] = [];

  /** Requests that were made: `post /repos/{owner}/{repo}/issues`. */
  readonly calls: string[] = [];
  private readonly contract = Contract.published();
  private readonly faults: { left: number; readonly fault: Fault }[] = [];
  private readonly callers = new Map<string, Caller>();
  private readonly server: Server;

  private constructor(name: string) {
    this.repository = new Repository(this.contract, () => this.url, name);
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error) => {
        this.violations.push(String(error));
        response.writeHead(500).end();
      });
    });
  }

  /** Starts it on a free port. @param name - of its one repository, in the organization `octo-org` */
  static async start(name = "platform"): Promise<GitHub> {
    const github = new GitHub(name);
    // Longer than a client keeps a connection: none is closed in the moment in which it is used again.
    github.server.keepAliveTimeout = 600_000;
    await new Promise<void>((resolve) => github.server.listen(0, "127.0.0.1", resolve));
    return github;
  }

  /** Address of the API. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Variables of a job whose token belongs to a caller. */
  environment(
    caller: Caller = { login: "github-actions[bot]", type: "Bot", writes: true },
  ): Record<string, string> {
    const token = `ghs_${caller.login.replaceAll(/\W/g, "")}${caller.writes ? "" : "readonly"}`;
    this.callers.set(token, caller);
    return {
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: this.url,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "octo-org/platform",
      GITHUB_TOKEN: token,
    };
  }

  /** Plays a fault at the next requests. */
  fail(fault: Fault): void {
    this.faults.push({ left: fault.times, fault });
  }

  /** Ends it. */
  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await callOf(request);
    this.calls.push(`${call.method} ${call.template}`);
    this.violations.push(...this.contract.request(call));
    const played = this.faults.find(
      ({ left, fault }) => left > 0 && (fault.method ?? call.method) === call.method,
    );
    if (played) {
      played.left--;
      if (played.fault.carriedOut) this.answer(call, request);
      const { status, headers = {}, message = "fault" } = played.fault;
      return send(response, {
        status,
        headers,
        body: { message, documentation_url: "https://docs.github.com/rest" },
      });
    }
    const answer = this.answer(call, request);
    this.violations.push(...this.contract.answer(call, answer.status, answer.body));
    send(response, answer);
  }

  private answer(call: Call, { headers }: IncomingMessage): Answer {
    const [, token] = /^(?:token|bearer) (.+)$/i.exec(headers.authorization ?? "") ?? [];
    const caller = token === undefined ? undefined : this.callers.get(token);
    if (!caller) return failure(401, "Bad credentials");
    if (!caller.writes && call.method !== "get")
      return failure(403, "Resource not accessible by integration");
    return this.repository.answer(call, caller) ?? failure(404, "Not Found");
  }
}

function failure(status: number, message: string): Answer {
  return {
    status,
    body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) },
  };
}

async function callOf(request: IncomingMessage): Promise<Call> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const body = text === "" ? {} : { body: bodyOf(text, url) };
  const method = (request.method ?? "GET").toLowerCase();
  const query = Object.fromEntries(url.searchParams);
  for (const template of TEMPLATES) {
    const path = match(template, url.pathname);
    if (path) return { method, template, path, query, ...body };
  }
  return { method, template: url.pathname, path: {}, query, ...body };
}

/** What is sent: JSON, but for the files of a release, which may be anything. */
function bodyOf(text: string, { pathname }: URL): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (pathname.endsWith("/assets")) return text;
    throw error;
  }
}

/** The parameters in a path; undefined when it is another one. */
function match(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split("/");
  const given = path.split("/").map(decodeURIComponent);
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? "";
    if (part.startsWith("{")) {
      // A workflow may be named by its file too.
      if (part !== "{workflow_id}" && /_(id|number)\}$/.test(part) && !/^\d+$/.test(value)) return undefined;
      parameters[part.slice(1, -1)] = value;
    } else if (part !== value) return undefined;
  }
  return parameters;
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  response.writeHead(status, {
    ...(body === undefined ? {} : { "content-type": "application/json; charset=utf-8" }),
    "x-github-request-id": "0000:0000",
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
