import { execFileSync, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A request that it got. */
export interface GitRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** A git server over HTTP: git's own http-backend behind a small server, with Basic authentication. */
export class HttpRepository {
  readonly requests: GitRequest[] = [];

  /** Breaks off the next so many pushes after these bytes of the answer. */
  breakOff: { pushes: number; afterBytes: number } = { pushes: 0, afterBytes: 0 };
  private readonly server: Server;
  private readonly backend = join(
    execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(),
    "git-http-backend",
  );

  private constructor(
    private readonly root: string,
    private readonly password: string,
  ) {
    execFileSync("git", ["-C", root, "config", "http.receivepack", "true"]);
    execFileSync("git", ["-C", root, "config", "uploadpack.allowFilter", "true"]);
    this.server = createServer((request, response) => this.handle(request, response));
  }

  /** Serves a bare repository. */
  static async start(bare: string, password: string): Promise<HttpRepository> {
    const started = new HttpRepository(bare, password);
    await new Promise<void>((resolve) => started.server.listen(0, "127.0.0.1", resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/platform.git`;
  }

  /** The value of `http.extraheader` that lets in, as actions/checkout writes it. */
  get header(): string {
    return `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${this.password}`).toString("base64")}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    const { authorization } = request.headers;
    this.requests.push({ method: request.method ?? "", path: url.pathname + url.search, authorization });
    const [, given = ""] = /^basic (.*)$/i.exec(authorization ?? "") ?? [];
    if (given !== this.header.split(" ").at(-1)) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    const isPush = url.pathname.endsWith("/git-receive-pack") && request.method === "POST";
    const breaks = isPush && this.breakOff.pushes > 0;
    if (breaks) this.breakOff.pushes -= 1;
    const child = spawn(this.backend, [], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: this.root,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: url.pathname.replace(/^\/platform\.git/, ""),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        CONTENT_LENGTH: request.headers["content-length"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
        REMOTE_USER: "somebody",
      } as NodeJS.ProcessEnv,
      stdio: ["pipe", "pipe", "ignore"],
    });
    child.stdin.on("error", () => undefined);
    request.pipe(child.stdin);
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("close", () =>
      answer(response, Buffer.concat(chunks), breaks ? this.breakOff.afterBytes : undefined),
    );
  }
}

/** Sends what a CGI program printed. @param breaksAfter - bytes after which the connection is cut. */
function answer(response: ServerResponse, printed: Buffer, breaksAfter: number | undefined): void {
  const end = printed.indexOf("\r\n\r\n");
  const headers = Object.fromEntries(
    printed
      .subarray(0, Math.max(0, end))
      .toString()
      .split("\r\n")
      .map((one) => [one.slice(0, one.indexOf(":")).toLowerCase(), one.slice(one.indexOf(":") + 1).trim()]),
  );
  const { status = "200", ...rest } = headers;
  const body = printed.subarray(end + 4);
  response.writeHead(Number.parseInt(status, 10), rest);
  if (breaksAfter === undefined) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, breaksAfter), () => response.destroy());
}
