import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { stringify } from "yaml";
import { temporaryFolder } from "../../temporary-folder";

type Value = { [key: string]: unknown };

/** A Kubernetes API over HTTP with some objects, which it gives and merges patches into (RFC 7386). */
export class ApiServer {
  static readonly TOKEN = "token-of-the-cluster";

  /** Objects by their paths; a list at the path of its kind. */
  readonly objects = new Map<string, Value>();

  /** Requests that it got, as `GET /path`. */
  readonly calls: string[] = [];

  /** Patches that it got. */
  readonly patches: { readonly path: string; readonly patch: Value }[] = [];

  /** Answers to the next requests instead of the objects: a status, or `broken` for a connection that is cut. */
  readonly faults: (number | "broken")[] = [];

  /** Called after each request, e.g. as a controller that acts. */
  afterCall: (call: string) => void = () => undefined;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void this.handle(request, response);
    });
  }

  static async start(): Promise<ApiServer> {
    const started = new ApiServer();
    await new Promise<void>((resolve) => started.server.listen(0, "127.0.0.1", resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Writes a kubeconfig. @returns its path. */
  kubeconfig(user: object = { token: ApiServer.TOKEN }): string {
    const file = join(temporaryFolder("kubeconfig"), "config");
    const content = {
      "current-context": "test",
      contexts: [{ name: "test", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: this.url } }],
      users: [{ name: "u", user }],
    };
    writeFileSync(file, stringify(content), { mode: 0o600 });
    return file;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "GET", url = "/", headers } = request;
    const path = url.split("?")[0] ?? "/";
    this.calls.push(`${method} ${path}`);
    const fault = this.faults.shift();
    if (fault === "broken") response.destroy();
    else if (fault !== undefined) send(response, fault, failure(fault, "a planted fault"));
    else if (headers.authorization !== `Bearer ${ApiServer.TOKEN}`)
      send(response, 401, failure(401, "Unauthorized"));
    else this.answer(response, method, path, Buffer.concat(chunks).toString());
    this.afterCall(`${method} ${path}`);
  }

  private answer(response: ServerResponse, method: string, path: string, body: string): void {
    const object = this.objects.get(path.replace(/\/status$/, ""));
    if (!object) {
      send(response, 404, failure(404, `${path} not found`));
      return;
    }
    if (method === "PATCH") {
      const patch = JSON.parse(body) as Value;
      this.patches.push({ path, patch });
      merge(object, patch);
    }
    send(response, 200, object);
  }
}

function merge(target: Value, patch: Value): void {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key];
    else if (typeof value === "object" && !Array.isArray(value)) {
      target[key] = typeof target[key] === "object" ? target[key] : {};
      merge(target[key] as Value, value as Value);
    } else target[key] = value;
  }
}

function failure(code: number, message: string): Value {
  return { kind: "Status", apiVersion: "v1", status: "Failure", message, code };
}

function send(response: ServerResponse, status: number, body: Value): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
