import { createHash, createVerify, generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ScaleSetServer } from "./scale-set-server";

/** A runner that is registered. */
export interface ServedRunner {
  readonly id: number;
  readonly name: string;
  readonly labels: readonly string[];
  status: "online" | "offline";
  busy: boolean;
}

/** A job of a workflow run. */
export interface ServedJob {
  readonly id: number;
  readonly labels: readonly string[];
  readonly created_at: string;
  status: "queued" | "in_progress" | "completed";
}

type Answer = readonly [status: number, body?: unknown];

/** Runner groups that there are: 1 is the default one, and 2 that of GitHub's own runners. */
const DEFAULT_GROUP = 1;
const HOSTED_GROUP = 2;

const UNSIGNED = "A JSON web token could not be decoded";

/**
 * GitHub's API as runners need it, over HTTP: tokens of an app that are checked, runners, and queued jobs, in pages.
 *
 * @see https://docs.github.com/en/rest/actions/self-hosted-runners
 */
export class GitHubServer {
  readonly runners = new Map<number, ServedRunner>();
  readonly jobs: ServedJob[] = [];

  /** What happens at a request, before it is done. */
  onRequest: (what: string) => void = () => undefined;

  /** Method and path of each request, in the order in which they came. */
  readonly requests: string[] = [];

  /** PEM of the app's private key. */
  readonly privateKey: string;

  /** What an architecture's archive of the runner's program is; a text is answered as JSON. */
  archiveOf: (architecture: string) => string | Buffer = (architecture) => `archive of ${architecture}`;

  /** The configuration of a runner for one job, before it is encoded. */
  configurationOf: (id: number) => string = (id) => `runner ${id}`;

  /** Jobs that agents have taken, with the runner that has. */
  readonly taken: { readonly job: number; readonly runner: number; isDone: boolean; report?: unknown }[] = [];

  /** Jobs that last until they are let go. */
  readonly held = new Set<number>();

  /** Requests that are to be answered with a failure, by the beginning of method and path. */
  readonly failures = new Map<string, Answer>();

  /** What the app, its installation, its webhook and the deliveries say of themselves. */
  readonly app = { slug: "octo-runners", events: ["workflow_job"] };
  readonly installation = {
    account: { login: "octo" },
    suspended_at: null as string | null,
    permissions: {
      actions: "read",
      metadata: "read",
      organization_self_hosted_runners: "write",
    } as Record<string, string>,
  };
  readonly hook: Record<string, string> = {
    url: "https://hooks.example.com/webhook",
    content_type: "json",
    insecure_ssl: "0",
    secret: "********",
  };
  readonly deliveries = [{ event: "workflow_job", status_code: 202 }];
  private readonly publicKey;
  /** Version of the newest release of the runner. */
  version = "2.350.0";
  wrongDigest: string | undefined;

  /** The releases of the runner that are listed. */
  readonly releases: { readonly tag_name: string; readonly published_at: string }[] = [
    { tag_name: "v2.340.0", published_at: new Date().toISOString() },
  ];
  /** The service of the scale sets. */
  readonly scaleSets = new ScaleSetServer(
    () => this.origin,
    (name, labels) => this.added(name, labels),
  );
  /** The address by which the request under way has come: a container knows this machine by another. */
  private origin = "";
  private readonly registrations = new Set<string>();
  private readonly tokens = new Set<string>();
  private readonly identities = new Set<string>();
  private nextRunner = 1;

  private constructor(private readonly server: Server) {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.publicKey = pair.publicKey;
    this.privateKey = pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  }

  static async start(): Promise<GitHubServer> {
    const server = createServer();
    const made = new GitHubServer(server);
    server.on("request", async (request: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const url = new URL(request.url ?? "/", made.url);
      // Where GitHub Enterprise Server has its API.
      url.pathname = url.pathname.replace(/^\/api\/v3/, "");
      const text = Buffer.concat(chunks).toString("utf8");
      const content = text === "" ? {} : JSON.parse(text);
      made.origin = `http://${request.headers.host}`;
      if (made.scaleSets.takes(url.pathname)) {
        const what = `${request.method} ${url.pathname}`;
        made.requests.push(what);
        made.onRequest(what);
        const { authorization = "", "x-scalesetmaxcapacity": capacity } = request.headers;
        const asked = { method: request.method ?? "", url, authorization, body: content };
        const [code, served] = await made.scaleSets.answer({ ...asked, capacity: capacity?.toString() });
        response.writeHead(code, { "content-type": "application/json" });
        // With a byte order mark, as the service answers.
        response.end(served === undefined ? undefined : `\uFEFF${JSON.stringify(served)}`);
        return;
      }
      const [status, body] = made.answer(request, url, content);
      const link = made.next ? { link: `<${made.url}${url.pathname}?page=2>; rel="next"` } : {};
      made.next = false;
      response.writeHead(status, { "content-type": "application/json", ...link });
      response.end(body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** How many requests began so. */
  count(beginning: string): number {
    return this.requests.filter((request) => request.startsWith(beginning)).length;
  }

  /** Whether the answer under way has a next page. */
  private next = false;

  private answer(request: IncomingMessage, url: URL, body: Record<string, unknown>): Answer {
    const what = `${request.method} ${url.pathname}`;
    this.requests.push(what);
    this.onRequest(what);
    for (const [beginning, failure] of this.failures) if (what.startsWith(beginning)) return failure;
    const authorization = request.headers.authorization ?? "";
    if (/^POST \/app\/installations\/\d+\/access_tokens$/.test(what)) return this.token(authorization);
    const [, archive] = /^GET \/download\/(\w+)$/.exec(what) ?? [];
    if (archive !== undefined) return [200, this.archiveOf(archive)];
    const [, agent, step] = /^POST \/agent\/(\d+)\/(take|done)$/.exec(what) ?? [];
    if (agent !== undefined)
      return step === "take" ? this.take(Number(agent)) : this.done(Number(agent), body);
    if (what.startsWith("GET /app")) return this.asApp(authorization, what);
    if (what === "POST /actions/runner-registration") {
      const isKnown = this.registrations.has(authorization.replace(/^RemoteAuth /, ""));
      return isKnown ? this.scaleSets.connect(body) : [401, { message: "Bad credentials" }];
    }
    if (!this.tokens.has(authorization.replace(/^(?:token|Bearer) /, "")))
      return [401, { message: "Bad credentials" }];
    if (what.endsWith("/registration-token")) {
      const token = `registration ${this.registrations.size}`;
      this.registrations.add(token);
      return [201, { token, expires_at: new Date(Date.now() + 3_600_000).toISOString() }];
    }
    if (what === "GET /repos/actions/runner/releases/latest") return [200, this.release()];
    if (what === "GET /repos/actions/runner/releases") return [200, this.releases];
    if (what.endsWith("/generate-jitconfig")) return this.configuration(body);
    const group = Number(/^GET \/orgs\/\w+\/actions\/runner-groups\/(\d+)$/.exec(what)?.[1]);
    if (group === HOSTED_GROUP) return [403, { message: "Resource not accessible by integration" }];
    if (group === DEFAULT_GROUP)
      return [200, { id: group, name: "Default", allows_public_repositories: this.isPublic }];
    const id = Number(/\/actions\/runners\/(\d+)$/.exec(what)?.[1]);
    if (id) return this.oneRunner(request.method ?? "", id);
    if (what.endsWith("/actions/runners"))
      return [200, { runners: this.page([...this.runners.values()], url) }];
    if (what.endsWith("/installation/repositories")) {
      const repositories = [
        { name: "old", archived: true },
        { name: "one", archived: false },
      ];
      return [200, { repositories: this.page(repositories, url) }];
    }
    if (what.endsWith("/actions/runs")) {
      const runs = url.searchParams.get("status") === "queued" ? [{ id: 1 }] : [];
      return [200, { workflow_runs: this.page(runs, url) }];
    }
    if (what.endsWith("/jobs")) return [200, { jobs: this.page(this.jobs, url) }];
    return [404, { message: "Not Found" }];
  }

  /** An agent comes, and gets a job that waits for its labels, once there is one. */
  private take(id: number): Answer {
    const runner = this.runners.get(id);
    if (!runner) return [401, { message: "The runner is not registered" }];
    runner.status = "online";
    const job = this.jobs.find(
      ({ status, labels }) => status === "queued" && labels.every((label) => runner.labels.includes(label)),
    );
    if (!job) return [202];
    job.status = "in_progress";
    runner.busy = true;
    this.taken.push({ job: job.id, runner: id, isDone: false });
    return [200, { id: job.id }];
  }

  /** An agent has done its job: its runner, which was for one alone, is gone. */
  private done(id: number, report: unknown): Answer {
    const taken = this.taken.find(({ runner }) => runner === id);
    const job = this.jobs.find((one) => one.id === taken?.job);
    if (!taken || !job) return [404, { message: "Not Found" }];
    taken.report = report;
    if (this.held.has(job.id)) return [202];
    taken.isDone = true;
    job.status = "completed";
    this.runners.delete(id);
    return [200, {}];
  }

  /** Whether public repositories may use the default group. */
  isPublic = false;

  /** What the app asks of itself, with a signed token. */
  private asApp(authorization: string, what: string): Answer {
    if (!this.isSigned(authorization)) return [401, { message: UNSIGNED }];
    if (what === "GET /app") return [200, this.app];
    if (what === "GET /app/installations/5") return [200, this.installation];
    if (what === "GET /app/hook/config") return [200, this.hook];
    if (what === "GET /app/hook/deliveries") return [200, this.deliveries];
    return [404, { message: "Not Found" }];
  }

  /** Gives a token to the app. */
  private token(authorization: string): Answer {
    if (!this.isSigned(authorization)) return [401, { message: UNSIGNED }];
    const token = `ghs_${this.identities.size}`;
    this.tokens.add(token);
    return [201, { token, expires_at: new Date(Date.now() + 3_600_000).toISOString() }];
  }

  /** The app has to sign, for ten minutes at most, and never the same twice. */
  private isSigned(authorization: string): boolean {
    const [head = "", claims = "", signature = ""] = authorization.replace(/^Bearer /, "").split(".");
    const verified = createVerify("RSA-SHA256")
      .update(`${head}.${claims}`)
      .verify(this.publicKey, signature, "base64url");
    if (!verified) return false;
    const { exp, iat } = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, number>;
    if ((exp ?? 0) - (iat ?? 0) > 600 || this.identities.has(claims)) return false;
    this.identities.add(claims);
    return true;
  }

  /** The newest release of the runner; what `wrongDigest` names has the checksum of something else. */
  private release(): object {
    const asset = (architecture: string) => ({
      name: `actions-runner-linux-${architecture}-${this.version}.tar.gz`,
      browser_download_url: `${this.url}/download/${architecture}`,
      digest: `sha256:${createHash("sha256")
        .update(architecture === this.wrongDigest ? "other" : this.bytesOf(architecture))
        .digest("hex")}`,
    });
    return { tag_name: `v${this.version}`, assets: [asset("x64"), asset("arm64")] };
  }

  private bytesOf(architecture: string): string | Buffer {
    const archive = this.archiveOf(architecture);
    return Buffer.isBuffer(archive) ? archive : JSON.stringify(archive);
  }

  /** An instance that stays registers its runner, which is online from then on. */
  register(token: string, name: string, labels: readonly string[]): void {
    if (!this.registrations.delete(token) || [...this.runners.values()].some((one) => one.name === name))
      throw new Error(`runner ${name} cannot register`);
    const id = this.nextRunner++;
    this.runners.set(id, { id, name, labels, status: "online", busy: false });
    // It is good for an hour, and for as many as have it.
    this.registrations.add(token);
  }

  private configuration({ name, labels, runner_group_id: group }: Record<string, unknown>): Answer {
    if (group === undefined) return [422, { message: "object is missing required key: runner_group_id" }];
    if (group === HOSTED_GROUP) return [403, { message: "Resource not accessible by integration" }];
    if (group !== DEFAULT_GROUP) return [404, { message: "Not Found" }];
    if (!Array.isArray(labels) || labels.length < 1 || labels.length > 100) {
      return [422, { message: "labels: 1 to 100" }];
    }
    const same = [...this.runners.values()].some((runner) => runner.name === name);
    if (same)
      return [409, { message: `Already exists - A runner with the name "${String(name)}" already exists.` }];
    const runner = this.added(String(name), labels as string[]);
    return [
      201,
      { runner, encoded_jit_config: Buffer.from(this.configurationOf(runner.id)).toString("base64") },
    ];
  }

  /** A runner that is registered, and has not come yet. */
  private added(name: string, labels: readonly string[]): ServedRunner {
    const runner: ServedRunner = { id: this.nextRunner++, name, labels, status: "offline", busy: false };
    this.runners.set(runner.id, runner);
    return runner;
  }

  private oneRunner(method: string, id: number): Answer {
    const runner = this.runners.get(id);
    if (!runner) return [404, { message: "Not Found" }];
    if (method === "GET") return [200, runner];
    if (runner.busy)
      return [422, { message: `Runner "${runner.name}" is currently running a job and cannot be deleted.` }];
    this.runners.delete(id);
    return [204];
  }

  /** A page of a list; GitHub's default is 30 items. */
  private page<T>(all: readonly T[], url: URL): readonly T[] {
    const size = Number(url.searchParams.get("per_page") ?? 30);
    const first = (Number(url.searchParams.get("page") ?? 1) - 1) * size;
    this.next = first + size < all.length;
    return all.slice(first, first + size);
  }
}
